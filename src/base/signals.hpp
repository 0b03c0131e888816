// Signals held back.
#pragma once

#include <csignal>

namespace gradtrace {

/// In its scope no signal reaches this thread; they come afterwards. Threads started in it never get one: so the main
/// thread alone is interrupted, and what it does with signals held back is done whole.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

}  // namespace gradtrace
