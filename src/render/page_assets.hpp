// What pages are made of; the texts are put into the program by the build (src/web).
#pragma once

#include <string_view>

namespace gradtrace {

extern const std::string_view page_script;
extern const std::string_view page_style;
extern const std::string_view page_engine;  ///< its script; "" where emcc was not there when the program was built
extern const std::string_view page_engine_binary;  ///< its WebAssembly, gzipped and in Base64

}  // namespace gradtrace
