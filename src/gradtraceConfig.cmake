# find_package(gradtrace) gives gradtrace::gradtrace, the check of any gradient: headers alone.
include("${CMAKE_CURRENT_LIST_DIR}/gradtraceTargets.cmake")
