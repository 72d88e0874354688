#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace dossier {

// Whether work that may be long may go on. Parsing, planning and running a query ask it. Belongs to
// one thread.
class StopQuestion {
  public:
    StopQuestion() = default;  // always yes
    // `timeout` is counted from now.
    StopQuestion(std::stop_token stop, std::optional<std::chrono::nanoseconds> timeout);

    bool may_go_on() const noexcept;
    // Throws Interrupted when the caller asked to stop and LimitError after the deadline. Some 30
    // ns.
    void ask() const;
    // Asks at every thousandth call: for loops whose steps are short.
    void step() {
        if ((++steps_ & 0x3FF) == 0) ask();
    }
    // Until the deadline, not below zero; nothing where there is none.
    std::optional<std::chrono::nanoseconds> time_left() const;

  private:
    std::stop_token stop_;
    std::optional<std::chrono::nanoseconds> timeout_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    std::uint32_t steps_ = 0;
};

}  // namespace dossier
