// The one main of all unit tests.
#define BOOST_TEST_MODULE gradtrace
#include <boost/test/unit_test.hpp>
