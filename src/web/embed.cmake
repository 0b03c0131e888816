# Writes OUTPUT, a C++ source with the texts of SCRIPT, STYLE and ENGINE ("" for none).
function(literal name file)
  set(text "")
  if(file)
    file(READ "${file}" text)
  endif()
  set(code "${code}const std::string_view ${name} = R\"gradtrace(${text})gradtrace\";\n" PARENT_SCOPE)
endfunction()

set(code "// Made by the build from src/web.\n#include \"render/page_assets.hpp\"\n\nnamespace gradtrace {\n\n")
literal(page_script "${SCRIPT}")
literal(page_style "${STYLE}")
literal(page_engine "${ENGINE}")
file(WRITE "${OUTPUT}" "${code}\n}  // namespace gradtrace\n")
