# sla_add_plugin(NAME SOURCES source... [LINK library...])
#
# Builds NAME.so, a plugin that exports only sla_plugin and has no undefined symbols.
function(sla_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(version_script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/sla_plugin.version")
  set(cuda_sources ${arg_SOURCES})
  list(FILTER cuda_sources INCLUDE REGEX "\\.cu$")
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(cuda_sources AND NOT CUDA IN_LIST languages)
    # CMake would leave them out without a word.
    message(FATAL_ERROR "${name} has CUDA sources (${cuda_sources}), which need nvcc; enable CUDA for "
      "them: project(${PROJECT_NAME} LANGUAGES CXX CUDA)")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE sla::sdk ${arg_LINK})
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    CXX_VISIBILITY_PRESET hidden
    CUDA_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${version_script}")
  # Older versions of CMake do not know how nvcc is told the standard.
  if(cuda_sources AND CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
    set_target_properties(${name} PROPERTIES CUDA_STANDARD 20 CUDA_STANDARD_REQUIRED ON)
  elseif(cuda_sources)
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  endif()
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${version_script}" LINKER:-z,defs LINKER:--build-id=sha1)
endfunction()

# sla_add_plugin_test(NAME [SOURCES source...] [SET COMPONENT.KEY=VALUE...])
#
# Adds the conformance kit for plugin NAME to ctest, with the component parameters in SET, and,
# if there are sources, a test program that links sla::testing; PLUGIN_FILE is defined as the path of
# the plugin.
function(sla_add_plugin_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;SET")
  list(TRANSFORM arg_SET PREPEND --set=)
  add_test(NAME ${name}_conformance
    COMMAND sla::host conformance $<TARGET_FILE:${name}> ${arg_SET})
  if(arg_SOURCES)
    add_executable(${name}_test ${arg_SOURCES})
    add_dependencies(${name}_test ${name})
    target_link_libraries(${name}_test PRIVATE sla::testing)
    target_compile_definitions(${name}_test PRIVATE PLUGIN_FILE="$<TARGET_FILE:${name}>")
    add_test(NAME ${name}_test COMMAND ${name}_test)
  endif()
endfunction()

# sla_install_plugin(NAME)
#
# `cmake --install` installs plugin NAME where a sla_host of the same prefix finds it, in a folder per
# LibTorch version, so that builds for several versions can coexist; `cpack` makes a .tar.gz of that
# and, if dpkg is available, a Debian package.
function(sla_install_plugin name)
  install(TARGETS ${name} LIBRARY DESTINATION lib/sla/plugins/${LibTorch_VERSION})
  find_program(SLA_DPKG dpkg)
  mark_as_advanced(SLA_DPKG)
  set(CPACK_GENERATOR TGZ)
  if(SLA_DPKG)
    list(APPEND CPACK_GENERATOR DEB)
  endif()
  string(REPLACE "_" "-" package "sla-plugin-${name}")
  set(CPACK_PACKAGE_NAME ${package})
  set(CPACK_PACKAGE_CONTACT "the authors of ${name}")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Plugin ${name} for sla_host, LibTorch ${LibTorch_VERSION}")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  include(CPack)
endfunction()
