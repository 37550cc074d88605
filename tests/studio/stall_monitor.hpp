// How long the GUI thread was away from its event loop.
#pragma once

#include <algorithm>
#include <ctime>

#include <QElapsedTimer>
#include <QTimer>

namespace volpress::studio {

/// The longest gap between two turns of the event loop, by the clock and by processor time; the
/// second is not disturbed by other programs on the machine.
class StallMonitor {
public:
  StallMonitor() {
    m_timer.setInterval(2);
    QObject::connect(&m_timer, &QTimer::timeout, [this] { tick(); });
    m_timer.start();
    restart();
  }

  void restart() {
    m_clock.start();
    m_cpu = cpuMs();
    m_longest = 0;
    m_longestCpu = 0;
  }
  [[nodiscard]] double longestMs() const { return m_longest; }
  [[nodiscard]] double longestCpuMs() const { return m_longestCpu; }

private:
  static double cpuMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
  }
  void tick() {
    const double cpu = cpuMs();
    m_longest = std::max(m_longest, static_cast<double>(m_clock.nsecsElapsed()) * 1e-6);
    m_longestCpu = std::max(m_longestCpu, cpu - m_cpu);
    m_clock.restart();
    m_cpu = cpu;
  }

  QTimer m_timer;
  QElapsedTimer m_clock;
  double m_cpu = 0;
  double m_longest = 0;
  double m_longestCpu = 0;
};

}  // namespace volpress::studio
