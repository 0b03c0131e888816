// A page needs no 50-digit arithmetic, which would double its weight: the method is not offered there.
#include "check/reference.hpp"

#include <stdexcept>

namespace gradtrace {

struct Reference::Pass {};

double share_of(const Network&, std::size_t) { return 1; }

Reference::Reference(const ExampleTrace&, double) { throw std::logic_error("the engine has no 50-digit arithmetic"); }
Reference::~Reference() = default;
Reference::Reference(Reference&&) noexcept = default;
ReferenceValue Reference::find(const Name&) { return {}; }

}  // namespace gradtrace
