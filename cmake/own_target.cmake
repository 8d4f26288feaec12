# Settings of this project's own targets; plugin authors choose their own.
function(sla_own_target target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Needed for ccache to work with the precompiled header.
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
  if("WITHOUT_LIBTORCH" IN_LIST ARGN)
    return()
  endif()
  # LibTorch's module header takes about eight seconds to compile; precompiled, half a second. Executables
  # use -fPIE, which is incompatible with it: they contain only main and link the rest.
  get_target_property(type ${target} TYPE)
  if(target STREQUAL "sla_sdk")
    target_precompile_headers(${target} PRIVATE <torch/nn/module.h>)
  elseif(NOT type STREQUAL "EXECUTABLE")
    target_precompile_headers(${target} REUSE_FROM sla_sdk)
  endif()
endfunction()
