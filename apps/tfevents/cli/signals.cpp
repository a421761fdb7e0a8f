#include "signals.hpp"

#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace tfevents::cli {
namespace {

// Handlers take no arguments of ours: these are the program's only mutable globals.
StopFlag signal_stop;
volatile std::sig_atomic_t received = 0;
constexpr unsigned kPatienceSeconds = 1;

void reraise(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
}

extern "C" void on_stop(int signal) {
  if (received != 0) reraise(received);
  received = signal;
  signal_stop.request();
  alarm(kPatienceSeconds);
}

extern "C" void on_alarm(int) {
  if (received != 0) reraise(received);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited {};
    sigaction(signal, nullptr, &inherited);
    // nohup and background jobs of scripts ignore some on purpose.
    if (inherited.sa_handler != SIG_IGN) handle(signal, on_stop);
  }
  handle(SIGALRM, on_alarm);
  handle(SIGPIPE, SIG_IGN);
  handle(SIGXFSZ, SIG_IGN);
}

StopFlag& stop_flag() noexcept {
  return signal_stop;
}

int stop_signal() noexcept {
  return received;
}

void die_by_signal(int signal) {
  reraise(signal);
  _exit(128 + signal);  // Only where the signal cannot kill: pid 1 of a container.
}

}  // namespace tfevents::cli
