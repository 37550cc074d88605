// Real spherical harmonics above band 0, as 3-D Gaussian Splatting uses them (Sloan 2013 has the
// polynomials), evaluated from a packed list of half-precision RGB coefficients.


vec3 coefficient(Words colours, uint k) {
  const uint first = 3u * k;
  const vec2 a = unpackHalf2x16(colours.at[first >> 1]);
  const vec2 b = unpackHalf2x16(colours.at[(first >> 1) + 1u]);
  return (first & 1u) == 0u ? vec3(a, b.x) : vec3(a.y, b);
}

vec3 evaluateBands(Words colours, uint degree, vec3 direction) {
  const float x = direction.x;
  const float y = direction.y;
  const float z = direction.z;
  vec3 sum = 0.4886025119029199 * (-y * coefficient(colours, 1u) + z * coefficient(colours, 2u) -
                                   x * coefficient(colours, 3u));
  if (degree < 2u) {
    return sum;
  }
  const float xx = x * x, yy = y * y, zz = z * z;
  const float xy = x * y, yz = y * z, xz = x * z;
  sum += 1.0925484305920792 * xy * coefficient(colours, 4u) -
         1.0925484305920792 * yz * coefficient(colours, 5u) +
         0.31539156525252005 * (2.0 * zz - xx - yy) * coefficient(colours, 6u) -
         1.0925484305920792 * xz * coefficient(colours, 7u) +
         0.5462742152960396 * (xx - yy) * coefficient(colours, 8u);
  if (degree < 3u) {
    return sum;
  }
  sum += -0.5900435899266435 * y * (3.0 * xx - yy) * coefficient(colours, 9u) +
         2.890611442640554 * xy * z * coefficient(colours, 10u) -
         0.4570457994644658 * y * (4.0 * zz - xx - yy) * coefficient(colours, 11u) +
         0.3731763325901154 * z * (2.0 * zz - 3.0 * xx - 3.0 * yy) * coefficient(colours, 12u) -
         0.4570457994644658 * x * (4.0 * zz - xx - yy) * coefficient(colours, 13u) +
         1.445305721320277 * z * (xx - yy) * coefficient(colours, 14u) -
         0.5900435899266435 * x * (xx - 3.0 * yy) * coefficient(colours, 15u);
  if (degree < 4u) {
    return sum;
  }
  sum += 2.5033429417967046 * xy * (xx - yy) * coefficient(colours, 16u) -
         1.7701307697799304 * yz * (3.0 * xx - yy) * coefficient(colours, 17u) +
         0.9461746957575601 * xy * (7.0 * zz - 1.0) * coefficient(colours, 18u) -
         0.6690465435572892 * yz * (7.0 * zz - 3.0) * coefficient(colours, 19u) +
         0.10578554691520431 * (zz * (35.0 * zz - 30.0) + 3.0) * coefficient(colours, 20u) -
         0.6690465435572892 * xz * (7.0 * zz - 3.0) * coefficient(colours, 21u) +
         0.47308734787878004 * (xx - yy) * (7.0 * zz - 1.0) * coefficient(colours, 22u) -
         1.7701307697799304 * xz * (xx - 3.0 * yy) * coefficient(colours, 23u) +
         0.6258357354491761 * (xx * (xx - 3.0 * yy) - yy * (3.0 * xx - yy)) *
             coefficient(colours, 24u);
  return sum;
}
