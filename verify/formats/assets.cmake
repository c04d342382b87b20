# The files that go into the HTML report, the report's schema and the paper's ledger, embedded in the program: nothing is
# looked for when a report is written. Appends a generated source to the list `out`; verify/formats/asset.hpp hands the files out.
function(gronwall_embed_assets out)
  set(here "${PROJECT_SOURCE_DIR}/verify/formats/html")
  find_file(GRONWALL_KATEX_SCRIPT katex.min.js PATH_SUFFIXES share/javascript/katex)
  find_file(GRONWALL_KATEX_STYLE katex.min.css PATH_SUFFIXES share/javascript/katex)
  find_path(GRONWALL_KATEX_FONTS KaTeX_Main-Regular.woff2
            PATH_SUFFIXES share/fonts/truetype/katex share/javascript/katex/fonts)
  if(NOT GRONWALL_KATEX_SCRIPT OR NOT GRONWALL_KATEX_STYLE OR NOT GRONWALL_KATEX_FONTS)
    message(FATAL_ERROR "KaTeX, which typesets the HTML report, is missing: install libjs-katex and fonts-katex")
  endif()
  file(GLOB fonts CONFIGURE_DEPENDS "${GRONWALL_KATEX_FONTS}/*.woff2")
  file(GLOB own CONFIGURE_DEPENDS "${here}/*")
  list(SORT fonts)
  list(SORT own)
  set(files ${own} "${GRONWALL_KATEX_SCRIPT}" "${GRONWALL_KATEX_STYLE}" ${fonts}
            "${PROJECT_SOURCE_DIR}/reports/report.schema.json" "${PROJECT_SOURCE_DIR}/reports/power.schema.json"
            "${PROJECT_SOURCE_DIR}/reports/ledger.json")

  set(number 0)
  set(data "")
  set(symbols "")
  set(table "")
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    set(symbol "gronwall_asset_${number}")
    string(APPEND data "    \".global ${symbol}, ${symbol}_end\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n${symbol}_end:\\n\"\n")
    string(APPEND symbols "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND table "  if (name == \"${name}\")\n    return {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})};\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/report_assets.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
"// Written by CMake from verify/formats/assets.cmake; not to be edited.
#include \"verify/formats/asset.hpp\"

asm(\".pushsection .rodata\\n\"
@data@    \".popsection\\n\");

@symbols@
namespace gronwall::verify {

std::string_view asset(std::string_view name) {
@table@  throw FormatError(\"the program was built without the file \" + std::string(name));
}

}  // namespace gronwall::verify
")
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${files}")
  set(${out} ${${out}} "${source}" PARENT_SCOPE)
endfunction()
