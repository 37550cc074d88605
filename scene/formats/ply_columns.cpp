#include "scene/formats/ply_columns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/ranges.h>

namespace volpress::formats {
namespace {

constexpr std::string_view kRestPrefix = "f_rest_";

std::optional<std::uint32_t> restNumber(std::string_view name) {
  if (name.substr(0, kRestPrefix.size()) != kRestPrefix) {
    return std::nullopt;
  }
  name.remove_prefix(kRestPrefix.size());
  std::uint32_t number = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (name.empty() || code != std::errc() || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return number;
}

/// What full intensity is stored as in a colour column of this type.
double colourRange(PlyType type) {
  switch (type) {
    case PlyType::Int8:
    case PlyType::UInt8: return 255;
    case PlyType::Int16:
    case PlyType::UInt16: return 65535;
    case PlyType::Int32:
    case PlyType::UInt32: return 4294967295.0;
    default: return 1;
  }
}

class Mapper {
public:
  explicit Mapper(const PlyElement& vertex) : m_vertex(vertex), m_used(vertex.properties.size()) {}

  std::optional<std::size_t> take(std::string_view name) {
    const std::optional<std::size_t> index = m_vertex.find(name);
    if (!index || m_vertex.properties[*index].isList) {
      return std::nullopt;
    }
    m_used[*index] = true;
    return index;
  }
  void require(std::string_view name) {
    const std::optional<std::size_t> index = take(name);
    if (!index) {
      m_missing.emplace_back(name);
    }
    m_columns.sources.push_back({index.value_or(0)});
  }
  void takeThirdScale() {
    if (const std::optional<std::size_t> index = take("scale_2")) {
      m_columns.sources.push_back({*index});
      return;
    }
    m_columns.sources.push_back({0, 0, true, kMinLogScale});
    m_columns.warnings.emplace_back(
        "There is no scale_2 column: the splats are read as flat discs (2-D Gaussians).");
  }
  void takeColour();
  void takeRest();
  void takeExtras();

  const std::vector<std::string>& missing() const { return m_missing; }
  PlyColumns finish() { return std::move(m_columns); }

private:
  const PlyElement& m_vertex;
  std::vector<bool> m_used;
  std::vector<std::string> m_missing;
  PlyColumns m_columns;
};

void Mapper::takeColour() {
  if (m_vertex.find("f_dc_0") || !m_vertex.find("red")) {
    require("f_dc_0");
    require("f_dc_1");
    require("f_dc_2");
    return;
  }
  for (const std::string_view name : {"red", "green", "blue"}) {
    require(name);
    PlySource& source = m_columns.sources.back();
    source.colourRange = colourRange(m_vertex.properties[source.property].type);
  }
}

void Mapper::takeRest() {
  PlyRest rest = mapPlyRest(m_vertex);
  m_columns.shDegree = rest.degree;
  for (const std::size_t property : rest.properties) {
    m_columns.sources.push_back({property});
  }
  if (!rest.warning.empty()) {
    m_columns.warnings.push_back(std::move(rest.warning));
  }
}

void Mapper::takeExtras() {
  for (std::size_t i = 0; i < m_vertex.properties.size(); ++i) {
    const PlyProperty& property = m_vertex.properties[i];
    if (!m_used[i] && !property.isList && plyColumnShare(property.name) == "extras") {
      m_columns.sources.push_back({i});
      m_columns.extraNames.push_back(property.name);
    }
  }
}

tl::unexpected<Error> describeOther(const PlyHeader& header, const PlyElement& vertex,
                                    const std::vector<std::string>& missing) {
  if (vertex.find("packed_position")) {
    return fail(ErrorCode::NotThisFormat, "is a compressed (chunked) PLY, not a float PLY");
  }
  const PlyElement* faces = header.find("face");
  const bool isSplat = vertex.find("scale_0") || vertex.find("rot_0") || vertex.find("f_dc_0");
  const std::string list = fmt::format("{}", fmt::join(missing, ", "));
  if (!isSplat && faces != nullptr && faces->count != 0) {
    return fail(ErrorCode::NotThisFormat,
                "is a mesh of {} vertices and {} faces, not a Gaussian scene (no columns {})",
                vertex.count, faces->count, list);
  }
  if (!isSplat) {
    return fail(ErrorCode::NotThisFormat,
                "is a plain point cloud of {} points, not a Gaussian scene (no columns {})",
                vertex.count, list);
  }
  return fail(ErrorCode::CorruptData, "PLY element vertex has no columns {}", list);
}

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

float PlySource::apply(double value) const noexcept {
  if (colourRange > 0) {
    value = (value / colourRange - 0.5) / static_cast<double>(kSh0);
  }
  return static_cast<float>(value);
}

PlyRest mapPlyRest(const PlyElement& element) {
  std::vector<std::pair<std::uint32_t, std::size_t>> found;
  for (std::size_t i = 0; i < element.properties.size(); ++i) {
    const PlyProperty& property = element.properties[i];
    if (const std::optional<std::uint32_t> number = restNumber(property.name);
        number && !property.isList) {
      found.emplace_back(*number, i);
    }
  }
  std::sort(found.begin(), found.end());
  PlyRest rest;
  while (rest.degree < kMaxShDegree && 3 * shRestCount(rest.degree + 1) <= found.size()) {
    ++rest.degree;
  }
  const std::size_t kept = shRestCount(rest.degree);
  if (3 * kept != found.size()) {
    rest.warning = fmt::format(
        "There are {} f_rest columns, which is no complete SH degree (9, 24, 45 or 72): the first "
        "{} coefficients per channel (degree {}) are read.",
        found.size(), kept, rest.degree);
  }
  // Columns padded per channel keep their channels apart; a remainder stands at the end.
  const std::size_t stride = found.size() % 3 == 0 ? found.size() / 3 : kept;
  for (std::size_t k = 0; k < kept; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      rest.properties.push_back(found[c * stride + k].second);
    }
  }
  return rest;
}

Result<PlyColumns> mapPlyColumns(const PlyHeader& header) {
  if (header.find("codebook_centers") != nullptr) {
    return fail(ErrorCode::UnsupportedVersion,
                "is a codebook PLY (element codebook_centers, as research code for reduced scenes "
                "writes it), which is not supported; export it as a float PLY");
  }
  const PlyElement* vertex = header.find("vertex");
  if (vertex == nullptr) {
    return fail(ErrorCode::NotThisFormat, "is a PLY without a vertex element");
  }
  Mapper mapper(*vertex);
  for (const std::string_view name : {"x", "y", "z", "scale_0", "scale_1"}) {
    mapper.require(name);
  }
  mapper.takeThirdScale();
  for (const std::string_view name : {"rot_0", "rot_1", "rot_2", "rot_3", "opacity"}) {
    mapper.require(name);
  }
  mapper.takeColour();
  if (!mapper.missing().empty()) {
    return describeOther(header, *vertex, mapper.missing());
  }
  mapper.takeRest();
  mapper.takeExtras();
  return mapper.finish();
}

std::string_view plyColumnShare(std::string_view property) noexcept {
  using Names = std::initializer_list<std::string_view>;
  const auto among = [property](Names names) {
    return std::find(names.begin(), names.end(), property) != names.end();
  };
  if (among({"x", "y", "z"})) {
    return "positions";
  }
  if (among({"nx", "ny", "nz"})) {
    return "normals";
  }
  if (among({"scale_0", "scale_1", "scale_2"})) {
    return "scales";
  }
  if (among({"rot_0", "rot_1", "rot_2", "rot_3"})) {
    return "rotations";
  }
  if (property == "opacity") {
    return "opacities";
  }
  if (among({"f_dc_0", "f_dc_1", "f_dc_2"})) {
    return "sh0";
  }
  return restNumber(property) ? "shN" : "extras";
}

FilterMode plyFilterMode(const std::vector<std::string>& comments) {
  FilterMode mode = FilterMode::Default;
  for (std::string comment : comments) {
    std::transform(comment.begin(), comment.end(), comment.begin(), lowered);
    for (const std::string_view key : {"splatrendermode:", "antialiased "}) {
      if (comment.rfind(key, 0) != 0) {
        continue;
      }
      const std::size_t begin = comment.find_first_not_of(" \t", key.size());
      const std::string value =
          begin == comment.npos ? std::string() : comment.substr(begin, comment.find(' ', begin));
      mode = value == "mip" || value == "antialiased" || value == "1" || value == "true"
                 ? FilterMode::Antialiased
                 : FilterMode::Default;
    }
  }
  return mode;
}

}  // namespace volpress::formats
