#include "shell/interrupt.h"

#include <unistd.h>

#include <cerrno>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

namespace dossier::shell {

namespace {
// A second Ctrl-C within this time is meant for the program.
constexpr std::chrono::seconds patience{2};
}  // namespace

struct InterruptWatch::Impl {
    int pipe[2] = {-1, -1};
    std::atomic<bool> interactive{false};
    std::mutex mutex;
    std::function<void()> cancel;
    std::chrono::steady_clock::time_point last{};
    std::thread thread;

    void watch() {
        char byte = 0;
        while (read(pipe[0], &byte, 1) == 1 && byte == 'i') {
            const std::lock_guard lock(mutex);
            if (!cancel) {
                if (!interactive) _exit(130);
                continue;  // reading a line was broken off
            }
            const auto now = std::chrono::steady_clock::now();
            if (now - last < patience) _exit(130);
            last = now;
            cancel();
        }
    }
};

namespace {

std::atomic<int> signal_pipe{-1};
// What is never freed stays in reach, so that it is no leak.
std::atomic<void*> kept{nullptr};

extern "C" void on_interrupt(int) {
    const int saved = errno;
    const char byte = 'i';
    if (const int descriptor = signal_pipe.load(); descriptor >= 0) {
        const ssize_t ignored = write(descriptor, &byte, 1);
        static_cast<void>(ignored);
    }
    errno = saved;
}

}  // namespace

InterruptWatch::InterruptWatch() : impl_(new Impl) {
    kept = impl_;
    if (pipe(impl_->pipe) != 0) return;
    signal_pipe = impl_->pipe[1];
    impl_->thread = std::thread([impl = impl_] { impl->watch(); });
    struct sigaction action {};
    action.sa_handler = on_interrupt;  // without SA_RESTART: reading a line is broken off
    sigaction(SIGINT, &action, nullptr);
}

InterruptWatch::~InterruptWatch() {
    signal_pipe = -1;
    if (impl_->thread.joinable()) {
        const char byte = 'q';
        if (write(impl_->pipe[1], &byte, 1) == 1)
            impl_->thread.join();
        else
            impl_->thread.detach();
    }
}

InterruptWatch::Running::Running(InterruptWatch& watch, std::function<void()> cancel)
    : watch_(watch) {
    const std::lock_guard lock(watch_.impl_->mutex);
    watch_.impl_->last = {};
    watch_.impl_->cancel = std::move(cancel);
}

InterruptWatch::Running::~Running() {
    const std::lock_guard lock(watch_.impl_->mutex);
    watch_.impl_->cancel = nullptr;
}

void InterruptWatch::set_interactive(bool interactive) {
    impl_->interactive = interactive;
}

bool InterruptWatch::cancelled_lately() const {
    const std::lock_guard lock(impl_->mutex);
    return std::chrono::steady_clock::now() - impl_->last < patience;
}

}  // namespace dossier::shell
