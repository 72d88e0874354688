#include "shell/session_log.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <ctime>

#include <dossier/error.h>
#include <dossier/text_width.h>

namespace dossier::shell {

void SessionLog::open(const std::string& file) {
    std::ofstream opened;
    if (!file.empty()) {
        opened.open(file, std::ios::binary | std::ios::app);
        if (!opened) throw InputError("the log '" + file + "' cannot be written");
    }
    const std::lock_guard lock(mutex_);
    out_ = std::move(opened);
    name_ = file;
}

std::string SessionLog::file() const {
    const std::lock_guard lock(mutex_);
    return name_;
}

void SessionLog::write(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (name_.empty()) return;
    std::string line = fmt::format("{:%Y-%m-%dT%H:%M:%SZ} ", fmt::gmtime(std::time(nullptr)));
    append_visible(line, text);
    // A log that cannot be written must not end what it is about.
    out_ << line << std::endl;
}

void SessionLog::write_outcome(std::string_view what, std::chrono::nanoseconds took,
                               std::string_view outcome) {
    write(fmt::format("{:.3f} s  {}  {}", std::chrono::duration<double>(took).count(), outcome,
                      what));
}

}  // namespace dossier::shell
