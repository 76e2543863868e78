#pragma once
#include <stdint.h>

namespace twin {

/// What the core needs of a microcontroller and of the joint it drives. Calls return at once.
class Board {
 public:
  /// Free-running clock in milliseconds; wraps at 2^32.
  virtual uint32_t millis() = 0;

  /// Free-running clock in microseconds; wraps at 2^32.
  virtual uint32_t micros() = 0;

  /// A number that differs at each start: a counter kept over resets, or noise. Constant during one.
  virtual uint32_t bootId() = 0;

  /// The joint's position, rad or m, REP-103 direction of the URDF joint; NaN when the sensor gives none.
  virtual float jointPosition() = 0;

  /// Supply of the power stage in V; NaN where it is not measured.
  virtual float supplyVoltage() = 0;

  /// Drive of the power stage, -1 to 1; 0 is off. Takes effect at once.
  virtual void setDuty(float duty) = 0;

  /// Tells the hardware watchdog that the core is alive. Not called while a control step is overdue.
  virtual void kickWatchdog() = 0;

 protected:
  ~Board() = default;
};

}  // namespace twin
