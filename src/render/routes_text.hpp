// Routes of influence as text: one a row, its local derivatives, their product, a bar for its share.
#pragma once

#include "render/options.hpp"
#include "trace/routes.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// `shown` are the strongest of `routes`, all of them where there are no more; `several_examples`: names
/// carry their example.
std::string render_routes(const Routes& routes, const std::vector<Route>& shown, const Name& from,
                          const ExampleTrace& trace, bool several_examples, const RenderOptions& options);

}  // namespace gradtrace
