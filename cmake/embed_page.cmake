# cmake -D OUTPUT=page.cpp -D PAGE=... -D STYLE=... -D SCRIPTS=a.js,b.js -P embed_page.cmake: writes the
# files of the report's page as string constants, a literal for each file.
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")

function(constant name)
  set(literals "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} content)
    string(APPEND literals "\n    R\"page~(${content})page~\"")
  endforeach()
  set(constants "${constants}const std::string_view ${name} =${literals};\n\n" PARENT_SCOPE)
endfunction()

constant(kPage ${PAGE})
constant(kStyle ${STYLE})
constant(kScript ${SCRIPTS})
file(WRITE ${OUTPUT} "#include \"host/report/page.h\"\n\nnamespace host::report {\n\n${constants}}  // namespace host::report\n")
