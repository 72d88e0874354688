#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tests/conformance/manifest.h"

// What runs a test. Each kind of test has a handler in a file of its own, which says for which
// types it is with a Registration:
//
//     const Registration negative("http://...#TestTurtleNegativeSyntax", run_negative);

namespace dossier::conformance {

// Empty when the test passes; else why not. An exception is a failure as well.
using Failure = std::string;
using Handler = std::function<Failure(const Test&)>;

// Registers a handler at the start of the program; the type is the IRI of the test's class.
struct Registration {
    Registration(std::string_view type, Handler handler);
};

// Null when there is none: the test is skipped.
const Handler* find_handler(std::string_view type);

}  // namespace dossier::conformance
