# sla_add_plugin(NAME SOURCES source... [LINK library...])
#
# Builds NAME.so, a plugin that exports its one symbol and has no undefined ones.
function(sla_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(version_script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/sla_plugin.version")
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE sla::sdk ${arg_LINK})
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${version_script}")
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${version_script}" LINKER:-z,defs LINKER:--build-id=sha1)
endfunction()

# sla_add_plugin_test(NAME [SOURCES source...] [SET COMPONENT.KEY=VALUE...])
#
# Adds to ctest the conformance kit for plugin NAME, its components' parameters set as SET says, and,
# where there are sources, a test program of them that links sla::testing and knows the plugin's file
# as PLUGIN_FILE.
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
