#include "shell/interrupt.h"

#include <unistd.h>

#include <cerrno>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

namespace dossier::shell {

struct InterruptWatch::Impl {
    int pipe[2] = {-1, -1};
    std::atomic<bool> pressed{false};
    std::mutex mutex;
    std::function<void()> cancel;
    std::chrono::steady_clock::time_point last{};
    std::thread thread;

    void watch() {
        char byte = 0;
        while (read(pipe[0], &byte, 1) == 1 && byte == 'i') {
            const std::lock_guard lock(mutex);
            if (!cancel) continue;
            const auto now = std::chrono::steady_clock::now();
            if (now - last < std::chrono::seconds(2)) _exit(130);
            last = now;
            cancel();
        }
    }
};

namespace {

std::atomic<int> signal_pipe{-1};
std::atomic<std::atomic<bool>*> pressed_flag{nullptr};

extern "C" void on_interrupt(int) {
    const int saved = errno;
    if (auto* flag = pressed_flag.load()) flag->store(true);
    const char byte = 'i';
    if (const int descriptor = signal_pipe.load(); descriptor >= 0) {
        const ssize_t ignored = write(descriptor, &byte, 1);
        static_cast<void>(ignored);
    }
    errno = saved;
}

}  // namespace

InterruptWatch::InterruptWatch() : impl_(new Impl) {
    if (pipe(impl_->pipe) != 0) return;
    signal_pipe = impl_->pipe[1];
    pressed_flag = &impl_->pressed;
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
    watch_.impl_->pressed = false;
    watch_.impl_->last = {};
    watch_.impl_->cancel = std::move(cancel);
}

InterruptWatch::Running::~Running() {
    const std::lock_guard lock(watch_.impl_->mutex);
    watch_.impl_->cancel = nullptr;
}

bool InterruptWatch::take_pressed() {
    return impl_->pressed.exchange(false);
}

}  // namespace dossier::shell
