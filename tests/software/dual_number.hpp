// Numbers that carry a derivative: what runs on them yields both, exactly.
#pragma once

#include <cmath>

namespace volpress::testing {

struct Dual {
  double value = 0;
  double slope = 0;

  Dual() = default;
  Dual(double constant, double derivative = 0) : value(constant), slope(derivative) {}
};

inline double valueOf(double x) { return x; }
inline double valueOf(const Dual& x) { return x.value; }

inline Dual operator-(const Dual& a) { return {-a.value, -a.slope}; }
inline Dual operator+(const Dual& a, const Dual& b) {
  return {a.value + b.value, a.slope + b.slope};
}
inline Dual operator-(const Dual& a, const Dual& b) {
  return {a.value - b.value, a.slope - b.slope};
}
inline Dual operator*(const Dual& a, const Dual& b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
inline Dual operator/(const Dual& a, const Dual& b) {
  const double quotient = a.value / b.value;
  return {quotient, (a.slope - quotient * b.slope) / b.value};
}
inline Dual& operator+=(Dual& a, const Dual& b) { return a = a + b; }
inline Dual& operator*=(Dual& a, const Dual& b) { return a = a * b; }
inline Dual& operator/=(Dual& a, const Dual& b) { return a = a / b; }

inline Dual exp(const Dual& x) {
  const double e = std::exp(x.value);
  return {e, e * x.slope};
}
inline Dual sqrt(const Dual& x) {
  const double root = std::sqrt(x.value);
  return {root, x.slope / (2 * root)};
}

/// Clamps as the loss sees them: constant beyond the limits.
template <typename Number>
Number atLeast(const Number& x, double low) {
  return valueOf(x) > low ? x : Number(low);
}
template <typename Number>
Number atMost(const Number& x, double high) {
  return valueOf(x) < high ? x : Number(high);
}

}  // namespace volpress::testing
