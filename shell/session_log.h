#pragma once

#include <chrono>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

namespace dossier::shell {

// A file that gets a line for what was run, how long it took and how it ended, and for what a store
// reports. Thread-safe: stores report from threads of their own.
class SessionLog {
  public:
    // Appends to a file; an empty name ends the log. Throws InputError when it cannot be written;
    // the old one goes on then.
    void open(const std::string& file);
    // The file's name; empty where there is none.
    std::string file() const;

    // One line with the time of day in UTC; what would break the line is escaped. Nothing where
    // there is no file.
    void write(std::string_view text);

    // Runs `work` and writes a line about it.
    template <typename Work>
    auto logged(std::string_view what, Work work) {
        const auto begin = std::chrono::steady_clock::now();
        try {
            auto result = work();
            write_outcome(what, std::chrono::steady_clock::now() - begin, "done");
            return result;
        } catch (const std::exception& error) {
            write_outcome(what, std::chrono::steady_clock::now() - begin, error.what());
            throw;
        }
    }

  private:
    void write_outcome(std::string_view what, std::chrono::nanoseconds took,
                       std::string_view outcome);

    mutable std::mutex mutex_;
    std::string name_;
    std::ofstream out_;
};

}  // namespace dossier::shell
