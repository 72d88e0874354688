#pragma once

#include <functional>

namespace dossier::shell {

// Ctrl-C: cancels what is running, and not the program. The handler only notes the signal; a thread
// of its own does the rest. One object a process.
class InterruptWatch {
  public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    // While this lives, Ctrl-C calls `cancel` from another thread; a second one within two seconds
    // ends the process with 130.
    class Running {
      public:
        Running(InterruptWatch& watch, std::function<void()> cancel);
        ~Running();
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

      private:
        InterruptWatch& watch_;
    };

    // Between statements a shell reads on after Ctrl-C; everything else ends with 130.
    void set_interactive(bool interactive);
    // Whether Ctrl-C cancelled something within the last two seconds.
    bool cancelled_lately() const;

  private:
    struct Impl;
    Impl* impl_;  // never freed: the signal handler may still look at it
};

}  // namespace dossier::shell
