# cmake -D OUTPUT=page.cpp -D PAGE=... -D STYLE=... -D SCRIPTS=a.js,b.js -P embed_page.cmake: writes the
# files of the report's page as string constants, one literal per file: compilers need not accept
# literals of more than 65,536 characters.
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")

function(literal variable file)
  file(READ ${file} content)
  set(${variable} "R\"page~(${content})page~\"" PARENT_SCOPE)
endfunction()

literal(page ${PAGE})
literal(style ${STYLE})
set(scripts "")
foreach(file IN LISTS SCRIPTS)
  literal(script ${file})
  string(APPEND scripts "    ${script},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"host/report/page.h\"\n
namespace host::report {\n
const std::string_view kPage = ${page};\n
const std::string_view kStyle = ${style};\n
const std::vector<std::string_view> kScripts{\n${scripts}};\n
}  // namespace host::report\n")
