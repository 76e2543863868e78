#include "reports.hpp"

#include "number.hpp"

namespace twin {
namespace {

void name(Writer& to, const char* key, const char* value) {
  to.quoted(key);
  to.byte(':');
  to.quoted(value);
  to.byte(',');
}

void jointSignal(Writer& to, const char* signal, const char* unit, const char* joint, const char* property) {
  to.quoted(signal);
  to.text(":{");
  name(to, "unit", unit);
  name(to, "joint", joint);
  to.text("\"property\":");
  to.quoted(property);
}

// Each value begins with what parts it from the one before.
void value(Writer& to, const char* signal, float value, char& separator) {
  if (!isFinite(value)) return;
  to.byte(static_cast<uint8_t>(separator));
  separator = ',';
  to.quoted(signal);
  to.byte(':');
  to.number(value);
}

}  // namespace

void writeBirth(Writer& to, const Config& config, uint32_t boot, bool hasSupply) {
  const char* const unit = config.isPrismatic ? "m" : "rad";
  to.byte('{');
  name(to, "firmware", config.firmware);
  to.text("\"boot\":");
  to.decimal(boot);
  to.byte(',');
  if (config.robot != nullptr) name(to, "robot", config.robot);
  if (config.link != nullptr) name(to, "link", config.link);
  name(to, "joint", config.joint);
  to.text("\"signals\":{");
  jointSignal(to, "position", unit, config.joint, "position");
  to.text("},");
  jointSignal(to, "velocity", config.isPrismatic ? "m/s" : "rad/s", config.joint, "velocity");
  to.text("},");
  jointSignal(to, "target", unit, config.joint, "position");
  // Exact, so that a target at the very limit is within it for sender and device alike.
  to.text(",\"writable\":true,\"min\":");
  to.exactNumber(config.lower);
  to.text(",\"max\":");
  to.exactNumber(config.upper);
  to.text("},\"duty\":{},");
  if (hasSupply) to.text("\"supply\":{\"unit\":\"V\"},");
  to.text("\"state\":{\"type\":\"string\"},\"cause\":{\"type\":\"string\"}}}");
}

void writeTelemetry(Writer& to, const Telemetry& telemetry) {
  to.text("{\"boot\":");
  to.decimal(telemetry.boot);
  to.text(",\"n\":");
  to.decimal(telemetry.n);
  to.text(",\"t_us\":");
  to.decimal(telemetry.timeUs);
  to.text(",\"signals\":");
  char separator = '{';
  value(to, "position", telemetry.position, separator);
  value(to, "velocity", telemetry.velocity, separator);
  value(to, "target", telemetry.target, separator);
  value(to, "duty", telemetry.duty, separator);
  value(to, "supply", telemetry.supplyV, separator);
  to.byte(static_cast<uint8_t>(separator));
  to.text("\"state\":");
  to.quoted(stateText(telemetry.state));
  to.text(",\"cause\":");
  to.quoted(causeText(telemetry.cause));
  to.text("}}");
}

void writeAck(Writer& to, const Command& command, const char* reason, const uint32_t* lastSeq) {
  to.text("{\"id\":");
  to.quoted(command.id, command.idSize);
  if (*reason == '\0') {
    to.text(",\"ok\":true}");
    return;
  }
  to.text(",\"ok\":false,\"reason\":");
  to.quoted(reason);
  if (lastSeq != nullptr) {
    to.text(",\"seq\":");
    to.decimal(*lastSeq);
  }
  to.byte('}');
}

}  // namespace twin
