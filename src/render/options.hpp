// How results are to be drawn: what every renderer of text is told.
#pragma once

#include "trace/order.hpp"

namespace gradtrace {

struct RenderOptions {
  int width = 80;        ///< columns of the terminal
  int digits = 4;        ///< significant digits shown
  bool ascii = false;    ///< plain ASCII instead of Unicode
  bool color = false;
  bool all = false;      ///< no rows left out
  bool matrix = false;   ///< the four matrix equations instead of cells
  Selection selection;
};

}  // namespace gradtrace
