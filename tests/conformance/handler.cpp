#include "tests/conformance/handler.h"

#include <map>
#include <utility>

namespace dossier::conformance {

namespace {

// A function's static: registrations of other files run before this file's own would.
std::map<std::string, Handler, std::less<>>& handlers() {
    static std::map<std::string, Handler, std::less<>> registered;
    return registered;
}

}  // namespace

Registration::Registration(std::string_view type, Handler handler) {
    handlers().emplace(type, std::move(handler));
}

const Handler* find_handler(std::string_view type) {
    const auto found = handlers().find(type);
    return found == handlers().end() ? nullptr : &found->second;
}

}  // namespace dossier::conformance
