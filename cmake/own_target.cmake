# Settings of this project's own targets; authors of plugins choose theirs.
function(sla_own_target target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ccache needs the preprocessor to keep the precompiled header apart.
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
  # LibTorch's module header takes about eight seconds; precompiled once, half of one. Executables
  # are compiled as -fPIE, which does not fit it: they hold their main and link the rest.
  get_target_property(type ${target} TYPE)
  if(target STREQUAL "sla_sdk")
    target_precompile_headers(${target} PRIVATE <torch/nn/module.h>)
  elseif(NOT type STREQUAL "EXECUTABLE")
    target_precompile_headers(${target} REUSE_FROM sla_sdk)
  endif()
endfunction()
