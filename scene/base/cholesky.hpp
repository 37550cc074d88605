// Small symmetric positive definite systems.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace volpress {

/// Makes the lower triangle of a row-major n x n matrix its Cholesky factor. False when the matrix
/// is not positive definite.
[[nodiscard]] inline bool factorise(std::span<double> matrix, std::size_t n) {
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      double sum = matrix[row * n + column];
      for (std::size_t k = 0; k < column; ++k) {
        sum -= matrix[row * n + k] * matrix[column * n + k];
      }
      if (row != column) {
        matrix[row * n + column] = sum / matrix[column * n + column];
      } else if (sum > 0) {
        matrix[row * n + row] = std::sqrt(sum);
      } else {
        return false;
      }
    }
  }
  return true;
}

/// Makes `values` (n) the solution of the system that was factorised.
inline void solveFactorised(std::span<const double> factor, std::size_t n,
                            std::span<double> values) {
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t k = 0; k < row; ++k) {
      values[row] -= factor[row * n + k] * values[k];
    }
    values[row] /= factor[row * n + row];
  }
  for (std::size_t row = n; row-- > 0;) {
    for (std::size_t k = row + 1; k < n; ++k) {
      values[row] -= factor[k * n + row] * values[k];
    }
    values[row] /= factor[row * n + row];
  }
}

}  // namespace volpress
