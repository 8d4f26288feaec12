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
