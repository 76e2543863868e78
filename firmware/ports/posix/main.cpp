#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/device.hpp"
#include "fault-injection.hpp"
#include "options.hpp"
#include "posix-board.hpp"
#include "tcp-transport.hpp"

namespace {

using twin::posix::printLine;

constexpr long kIdleNs = 300000;  // under a control period of 1 ms, so that each is met

volatile sig_atomic_t isAskedToEnd = 0;

void askToEnd(int) { isAskedToEnd = 1; }

// Waits until a packet, a line or the next control step is there.
void idle(const twin::posix::TcpTransport& transport, twin::posix::FaultInjection& faults) {
  pollfd waits[] = {{transport.descriptor(), POLLIN, 0}, {faults.isOpen() ? STDIN_FILENO : -1, POLLIN, 0}};
  const timespec timeout{0, kIdleNs};
  if (ppoll(waits, 2, &timeout, nullptr) > 0 && waits[1].revents != 0) faults.read();
}

void run(const twin::posix::Options& options, twin::posix::TcpTransport& transport) {
  twin::posix::PosixBoard board(options);
  twin::posix::FaultInjection faults(board);
  twin::Device device(options.config, transport, board);
  bool wasOnline = false;
  while (!device.hasLeft()) {
    device.step();
    if (device.isOnline() != wasOnline) {
      wasOnline = !wasOnline;
      if (wasOnline) {
        printLine(STDOUT_FILENO, options.config.id, " is online at ", options.host);
      } else if (isAskedToEnd == 0) {
        printLine(STDERR_FILENO, options.config.id, ": not connected, trying again");
      }
    }
    if (isAskedToEnd != 0) device.leave();
    idle(transport, faults);
  }
}

}  // namespace

int main(int count, char** words) {
  twin::posix::Options options;
  switch (twin::posix::parseOptions(count, words, options)) {
    case twin::posix::Parsed::kHelp: twin::posix::printHelp(); return 0;
    case twin::posix::Parsed::kWrong: return 2;
    case twin::posix::Parsed::kRun: break;
  }
  twin::posix::TcpTransport transport;
  if (!transport.aim(options.host, options.port)) {
    printLine(STDERR_FILENO, "twin-posix: --host: an IP address or localhost, not ", options.host);
    return 2;
  }
  struct sigaction end{};
  end.sa_handler = askToEnd;
  sigaction(SIGTERM, &end, nullptr);
  sigaction(SIGINT, &end, nullptr);
  run(options, transport);
  return 0;
}
