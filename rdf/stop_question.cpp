#include "rdf/stop_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <dossier/error.h>

namespace dossier {

StopQuestion::StopQuestion(std::stop_token stop, std::optional<std::chrono::nanoseconds> timeout)
    : stop_(std::move(stop)), timeout_(timeout) {
    if (timeout_) deadline_ = std::chrono::steady_clock::now() + *timeout_;
}

bool StopQuestion::may_go_on() const noexcept {
    return !stop_.stop_requested() &&
           !(deadline_ && std::chrono::steady_clock::now() >= *deadline_);
}

void StopQuestion::ask() const {
    if (stop_.stop_requested()) throw Interrupted("the query was cancelled");
    if (deadline_ && std::chrono::steady_clock::now() >= *deadline_)
        throw LimitError(
            fmt::format("the query's time limit of {} ms was reached",
                        std::chrono::duration_cast<std::chrono::milliseconds>(*timeout_).count()));
}

std::optional<std::chrono::nanoseconds> StopQuestion::time_left() const {
    if (!deadline_) return std::nullopt;
    return std::max<std::chrono::nanoseconds>(*deadline_ - std::chrono::steady_clock::now(),
                                              std::chrono::nanoseconds(0));
}

}  // namespace dossier
