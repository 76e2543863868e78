#include "options.hpp"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "simulated-joint.hpp"

namespace twin::posix {
namespace {

constexpr char kHelp[] =
    "twin-posix: the firmware as a process, with a simulated joint, on an MQTT broker.\n"
    "\n"
    "  twin-posix --id ID --joint JOINT [options]\n"
    "\n"
    "  --id ID               name of the device on MQTT\n"
    "  --host ADDRESS        the broker, an IP address or localhost (127.0.0.1)\n"
    "  --port PORT           its port (1883)\n"
    "  --username NAME       for the broker\n"
    "  --password WORD       for the broker\n"
    "  --robot ID            robot that the device belongs to\n"
    "  --link LINK           URDF link that it sits on\n"
    "  --joint JOINT         URDF joint that it moves\n"
    "  --prismatic           the joint counts in m (else in rad)\n"
    "  --lower X, --upper X  limits of the joint (-1.57 and 1.57)\n"
    "  --max-velocity X      per second (1)\n"
    "  --start X             position at the start (0, or the nearest limit)\n"
    "  --clock-offset-us N   added to the board's clock of microseconds, which wraps at 2^32\n"
    "  --clock-offset-ms N   added to its clock of milliseconds\n"
    "  --help                this\n"
    "\n"
    "Lines on standard input do harm: `sensor nan`, `sensor ok`, `supply V`, `pause MS`.\n"
    "SIGTERM says `offline` and ends; SIGKILL is a power cut.\n";

bool wrong(const char* option, const char* what) {
  printLine(STDERR_FILENO, "twin-posix: ", option, ": ", what);
  return false;
}

bool takeNumber(const char* option, const char* text, float& value) {
  char* end = nullptr;
  const double number = strtod(text, &end);
  if (end == text || *end != '\0' || !isfinite(number)) return wrong(option, "not a number");
  value = static_cast<float>(number);
  return true;
}

bool takeCount(const char* option, const char* text, uint32_t greatest, uint32_t& value) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long number = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > greatest) {
    return wrong(option, "not a whole number in range");
  }
  value = static_cast<uint32_t>(number);
  return true;
}

// Tells of an option whether it is known, and sets it.
bool takeOption(const char* option, const char* value, Options& options, bool& hasStart) {
  Config& config = options.config;
  const struct {
    const char* name;
    const char** text;
  } texts[] = {{"--id", &config.id},
               {"--host", &options.host},
               {"--robot", &config.robot},
               {"--link", &config.link},
               {"--joint", &config.joint},
               {"--username", &config.username},
               {"--password", &config.password}};
  for (const auto& entry : texts) {
    if (strcmp(option, entry.name) != 0) continue;
    *entry.text = value;
    return true;
  }
  const struct {
    const char* name;
    float* number;
  } numbers[] = {{"--lower", &config.lower},
                 {"--upper", &config.upper},
                 {"--max-velocity", &config.maxVelocity},
                 {"--start", &options.start}};
  for (const auto& entry : numbers) {
    if (strcmp(option, entry.name) != 0) continue;
    if (entry.number == &options.start) hasStart = true;
    return takeNumber(option, value, *entry.number);
  }
  if (strcmp(option, "--clock-offset-us") == 0) return takeCount(option, value, UINT32_MAX, options.clockOffsetUs);
  if (strcmp(option, "--clock-offset-ms") == 0) return takeCount(option, value, UINT32_MAX, options.clockOffsetMs);
  if (strcmp(option, "--port") == 0) {
    uint32_t port = 0;
    if (!takeCount(option, value, UINT16_MAX, port)) return false;
    options.port = static_cast<uint16_t>(port);
    return port != 0 || wrong(option, "not a whole number in range");
  }
  return wrong(option, "no such option (--help lists them)");
}

// Gains that suit the simulated motor: see SimulatedJoint.
void tune(Config& config) {
  const float fullSpeed = 1.5F * config.maxVelocity;
  config.maxAcceleration = 4.0F * config.maxVelocity;
  config.kff = 1.0F / fullSpeed;
  config.kaff = SimulatedJoint::kLagS * config.kff;
  config.kp = 8.0F / fullSpeed;
  config.ki = 16.0F / fullSpeed;
  config.minSupplyV = 9.0F;
}

bool isComplete(Options& options, bool hasStart) {
  Config& config = options.config;
  if (*config.id == '\0') return wrong("--id", "is missing");
  if (*config.joint == '\0') return wrong("--joint", "is missing");
  if (!(config.maxVelocity > 0.0F)) return wrong("--max-velocity", "must be above 0");
  tune(config);
  if (const char* const fault = configFault(config)) return wrong("configuration", fault);
  const float least = config.lower;
  const float greatest = config.upper;
  if (!hasStart) options.start = least > 0.0F ? least : greatest < 0.0F ? greatest : 0.0F;
  if (options.start < least || options.start > greatest) return wrong("--start", "outside the limits");
  return true;
}

}  // namespace

Parsed parseOptions(int count, char** words, Options& options) {
  Config& config = options.config;
  config.firmware = "posix 0.1";
  config.lower = -1.57F;
  config.upper = 1.57F;
  config.maxVelocity = 1.0F;
  bool hasStart = false;
  for (int i = 1; i < count; ++i) {
    const char* const option = words[i];
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) return Parsed::kHelp;
    if (strcmp(option, "--prismatic") == 0) {
      config.isPrismatic = true;
      continue;
    }
    if (strncmp(option, "--", 2) != 0) return wrong(option, "no option (--help lists them)"), Parsed::kWrong;
    const char* const value = i + 1 < count ? words[++i] : nullptr;
    if (value == nullptr) return wrong(option, "needs a value, or is no option"), Parsed::kWrong;
    if (!takeOption(option, value, options, hasStart)) return Parsed::kWrong;
  }
  return isComplete(options, hasStart) ? Parsed::kRun : Parsed::kWrong;
}

void printHelp() {
  if (write(STDOUT_FILENO, kHelp, sizeof kHelp - 1) < 0) return;
}

void printLine(int to, const char* a, const char* b, const char* c, const char* d) {
  const char* const pieces[] = {a, b, c, d, "\n"};
  iovec parts[5];
  int count = 0;
  for (const char* piece : pieces) {
    if (piece != nullptr) parts[count++] = {const_cast<char*>(piece), strlen(piece)};
  }
  if (writev(to, parts, count) < 0) return;
}

}  // namespace twin::posix
