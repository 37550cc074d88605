#include "scene/formats/gltf.hpp"

#include <algorithm>
#include <cmath>

#include "scene/formats/activations.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/gltf_decode.hpp"
#include "scene/formats/gltf_document.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/spz.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::string_view kExtension = "KHR_gaussian_splatting";
constexpr std::string_view kSpzExtension = "KHR_gaussian_splatting_compression_spz_2";
constexpr unsigned kMostDegree = 3;
constexpr std::size_t kBlock = std::size_t{1} << 16;  // splats turned into bytes at a time
constexpr std::uint64_t kFloat = 5126;

/// One attribute as it is written: float numbers, or bytes for colours.
struct Attribute {
  std::string name;
  const char* type;
  bool bytes = false;  ///< four normalised unsigned bytes
  std::size_t components = 3;
  /// The numbers of splat i.
  std::function<void(std::size_t i, float* out)> numbers;

  [[nodiscard]] std::size_t splatBytes() const { return bytes ? 4 : 4 * components; }
};

float linearOf(float srgb) {
  return srgb <= 0.04045F ? srgb / 12.92F : std::pow((srgb + 0.055F) / 1.055F, 2.4F);
}

/// What a cloud's numbers are in glTF's frame and domain.
class Attributes {
public:
  Attributes(const GaussianCloud& cloud, bool fallback)
      : m_cloud(cloud),
        m_turn(axisTurn(axisSignsBetween(cloud.frame, AxisFrame::LeftUpForward))),
        m_degree(std::min(cloud.shDegree, kMostDegree)) {
    add("POSITION", "VEC3", 3, [this](std::size_t i, float* out) {
      for (std::size_t c = 0; c < 3; ++c) {
        out[c] = m_cloud.means[3 * i + c] * m_turn.mean[c];
      }
    });
    if (fallback) {
      add("COLOR_0", "VEC4", 4, [this](std::size_t i, float* out) {
        for (std::size_t c = 0; c < 3; ++c) {
          out[c] = linearOf(std::clamp(colourOf(m_cloud.shDc[3 * i + c]), 0.0F, 1.0F));
        }
        out[3] = opacityOf(m_cloud.opacityLogits[i]);
      });
      m_list.back().bytes = true;
    }
    add(named("ROTATION"), "VEC4", 4, [this](std::size_t i, float* out) { rotation(i, out); });
    add(named("SCALE"), "VEC3", 3, [this](std::size_t i, float* out) {
      for (std::size_t c = 0; c < 3; ++c) {
        out[c] = std::exp(std::min(m_cloud.logScales[3 * i + c], 88.0F));
      }
    });
    add(named("OPACITY"), "SCALAR", 1,
        [this](std::size_t i, float* out) { out[0] = opacityOf(m_cloud.opacityLogits[i]); });
    add(named("SH_DEGREE_0_COEF_0"), "VEC3", 3,
        [this](std::size_t i, float* out) { std::copy_n(&m_cloud.shDc[3 * i], 3, out); });
    for (unsigned degree = 1; degree <= m_degree; ++degree) {
      for (std::size_t n = 0; n < 2 * std::size_t{degree} + 1; ++n) {
        const std::size_t k = shRestCount(degree - 1) + n;
        add(named(fmt::format("SH_DEGREE_{}_COEF_{}", degree, n)), "VEC3", 3,
            [this, k](std::size_t i, float* out) {
              const float* rest = &m_cloud.shRest[3 * (i * shRestCount(m_cloud.shDegree) + k)];
              for (std::size_t c = 0; c < 3; ++c) {
                out[c] = rest[c] * m_turn.shRest[k];
              }
            });
      }
    }
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const std::vector<Attribute>& list() const { return m_list; }

  /// Bytes of the splats [begin, end) of one attribute.
  [[nodiscard]] Bytes bytesOf(const Attribute& attribute, std::size_t begin, std::size_t end,
                              TaskRunner& runner) const {
    const std::size_t size = attribute.splatBytes();
    Bytes bytes((end - begin) * size);
    runner.parallelFor(end - begin, 4096, [&](std::size_t from, std::size_t to) {
      std::array<float, 4> numbers{};
      for (std::size_t i = from; i < to; ++i) {
        attribute.numbers(begin + i, numbers.data());
        if (attribute.bytes) {
          for (std::size_t c = 0; c < 4; ++c) {
            bytes[4 * i + c] = static_cast<std::byte>(std::lround(255 * numbers[c]));
          }
        } else {
          std::memcpy(&bytes[i * size], numbers.data(), size);
        }
      }
    });
    return bytes;
  }

  /// The smallest and largest position, as the validator computes them from the file.
  [[nodiscard]] std::array<std::array<float, 3>, 2> positionRange() const {
    Bounds bounds = meanBounds(m_cloud);
    for (std::size_t c = 0; c < 3; ++c) {
      if (m_turn.mean[c] < 0) {
        std::swap(bounds.min[c], bounds.max[c]);
        bounds.min[c] = -bounds.min[c];
        bounds.max[c] = -bounds.max[c];
      }
    }
    return {bounds.min, bounds.max};
  }

private:
  static std::string named(std::string_view name) { return fmt::format("{}:{}", kExtension, name); }

  void add(std::string name, const char* type, std::size_t components,
           std::function<void(std::size_t, float*)> numbers) {
    m_list.push_back({std::move(name), type, false, components, std::move(numbers)});
  }

  void rotation(std::size_t i, float* out) const {
    const float* q = &m_cloud.rotations[4 * i];
    double length2 = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      length2 += static_cast<double>(q[c]) * static_cast<double>(q[c]);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      const std::size_t from = c == 3 ? 0 : c + 1;  // w,x,y,z to x,y,z,w
      out[c] = static_cast<float>(static_cast<double>(q[from]) / std::sqrt(length2)) *
               m_turn.rotation[from];
    }
  }

  const GaussianCloud& m_cloud;
  AxisTurn m_turn;
  unsigned m_degree;
  std::vector<Attribute> m_list;
};

/// The JSON without buffers, views and accessors.
json skeleton(bool spz) {
  json root;
  root["asset"] = {{"version", "2.0"}, {"generator", "Volpress"}};
  root["extensionsUsed"] = json::array({kExtension});
  if (spz) {
    root["extensionsUsed"].push_back(kSpzExtension);
    root["extensionsRequired"] = root["extensionsUsed"];
  }
  root["scene"] = 0;
  root["scenes"] = json::array({{{"nodes", json::array({0})}}});
  root["nodes"] = json::array({{{"mesh", 0}, {"name", "splats"}}});
  json primitive;
  primitive["mode"] = 0;
  primitive["attributes"] = json::object();
  primitive["extensions"][std::string(kExtension)] = {{"kernel", "ellipse"},
                                                      {"colorSpace", "srgb_rec709_display"},
                                                      {"projection", "perspective"},
                                                      {"sortingMethod", "cameraDistance"}};
  root["meshes"] = json::array({{{"primitives", json::array({std::move(primitive)})}}});
  root["accessors"] = json::array();
  root["bufferViews"] = json::array();
  return root;
}

/// A file's JSON, and the binary buffer that goes with it as the parts of a sink.
// NOLINTNEXTLINE(bugprone-exception-escape): the JSON library says that its moves do not throw
struct Plan {
  json root;
  std::uint64_t bufferBytes = 0;
  std::function<Result<void>(const ByteSink& sink)> writeBuffer;
};

class Writer {
public:
  Writer(const GaussianCloud& cloud, const ParamSet& params, IoContext& context)
      : m_cloud(cloud),
        m_context(context),
        m_spz(paramChoice(params, "packing") == "spz"),
        m_attributes(cloud, paramBool(params, "fallback") && !m_spz) {}

  Result<Plan> plan() {
    if (m_cloud.count == 0 || m_cloud.count > UINT32_MAX) {
      return fail(ErrorCode::InvalidParameter, "glTF holds 1 to {} splats, the scene has {}",
                  UINT32_MAX, m_cloud.count);
    }
    warnOfDropped(m_cloud, {kMostDegree, m_spz}, m_context);
    Plan plan;
    plan.root = skeleton(m_spz);
    if (m_spz) {
      VOLPRESS_CHECK(planSpz(plan));
    } else {
      planFloats(plan);
    }
    plan.root["buffers"] = json::array({{{"byteLength", plan.bufferBytes}}});
    return plan;
  }

private:
  void addAccessor(Plan& plan, const Attribute& attribute) {
    json accessor{{"componentType", attribute.bytes ? 5121 : kFloat},
                  {"count", m_cloud.count},
                  {"type", attribute.type}};
    if (attribute.bytes) {
      accessor["normalized"] = true;
    }
    if (attribute.name == "POSITION") {
      const auto range = m_attributes.positionRange();
      accessor["min"] = range[0];
      accessor["max"] = range[1];
    }
    json& primitive = plan.root["meshes"][0]["primitives"][0];
    primitive["attributes"][attribute.name] = plan.root["accessors"].size();
    plan.root["accessors"].push_back(std::move(accessor));
  }

  void planFloats(Plan& plan) {
    for (const Attribute& attribute : m_attributes.list()) {
      addAccessor(plan, attribute);
      const std::uint64_t bytes = std::uint64_t{m_cloud.count} * attribute.splatBytes();
      plan.root["accessors"].back()["bufferView"] = plan.root["bufferViews"].size();
      plan.root["bufferViews"].push_back({{"buffer", 0},
                                          {"byteOffset", plan.bufferBytes},
                                          {"byteLength", bytes},
                                          {"target", 34962}});
      plan.bufferBytes += bytes;
    }
    plan.writeBuffer = [this](const ByteSink& sink) { return writeFloats(sink); };
  }

  Result<void> writeFloats(const ByteSink& sink) {
    const std::size_t attributes = m_attributes.list().size();
    for (std::size_t a = 0; a < attributes; ++a) {
      for (std::size_t begin = 0; begin < m_cloud.count; begin += kBlock) {
        if (m_context.stop.stop_requested()) {
          return fail(ErrorCode::Cancelled, "writing the glTF was cancelled");
        }
        const std::size_t end = std::min(begin + kBlock, m_cloud.count);
        VOLPRESS_CHECK(
            sink(m_attributes.bytesOf(m_attributes.list()[a], begin, end, m_context.runner)));
        m_context.progress.report((static_cast<double>(a) +
                                   static_cast<double>(end) / static_cast<double>(m_cloud.count)) /
                                  static_cast<double>(attributes));
      }
    }
    return {};
  }

  Result<void> planSpz(Plan& plan) {
    const GaussianCloud* cloud = &m_cloud;
    GaussianCloud cut;
    if (m_cloud.shDegree > kMostDegree) {
      cut = withShDegree(m_cloud, kMostDegree);
      cloud = &cut;
    }
    VOLPRESS_TRY(const ParamSet params,
                 completeParams(spzFormat().info().writeParams, {{"version", std::string("2")}}));
    IoContext quiet{m_context.runner, m_context.progress, m_context.stop, {}};
    VOLPRESS_TRY(m_packed, encodeSpz(*cloud, params, AxisFrame::LeftUpForward, quiet));
    plan.bufferBytes = m_packed.size();
    // The extension wants accessors without bytes, which state type and count.
    for (const Attribute& attribute : m_attributes.list()) {
      addAccessor(plan, attribute);
    }
    plan.root["bufferViews"].push_back(
        {{"buffer", 0}, {"byteOffset", 0}, {"byteLength", m_packed.size()}});
    json& extension =
        plan.root["meshes"][0]["primitives"][0]["extensions"][std::string(kExtension)];
    extension["extensions"][std::string(kSpzExtension)] = {{"bufferView", 0}};
    plan.writeBuffer = [this](const ByteSink& sink) { return sink(m_packed); };
    return {};
  }

  const GaussianCloud& m_cloud;
  IoContext& m_context;
  bool m_spz;
  Attributes m_attributes;
  Bytes m_packed;
};

std::uint64_t padded(std::uint64_t size) { return (size + 3) / 4 * 4; }

Result<void> writeGlb(const Plan& plan, const ByteSink& sink) {
  std::string text = plan.root.dump();
  text.resize(padded(text.size()), ' ');
  const std::uint64_t binary = padded(plan.bufferBytes);
  const std::uint64_t total = 12 + 8 + text.size() + 8 + binary;
  if (total > UINT32_MAX) {
    return fail(ErrorCode::InvalidParameter,
                "a .glb holds up to {} bytes, this scene needs {}; write SPZ or SOG instead",
                UINT32_MAX, total);
  }
  ByteWriter head;
  head.write(kGlbMagic);
  head.write(std::uint32_t{2});
  head.write(static_cast<std::uint32_t>(total));
  head.write(static_cast<std::uint32_t>(text.size()));
  head.append("JSON");
  head.append(text);
  head.write(static_cast<std::uint32_t>(binary));
  head.append(std::string_view("BIN\0", 4));
  VOLPRESS_CHECK(sink(head.bytes()));
  VOLPRESS_CHECK(plan.writeBuffer(sink));
  const Bytes tail(static_cast<std::size_t>(binary - plan.bufferBytes));
  return sink(tail);
}

Result<void> writeJson(Plan plan, const ByteSink& sink) {
  constexpr std::string_view kMark = "@";
  plan.root["buffers"][0]["uri"] = kMark;
  const std::string text = plan.root.dump(1);
  const std::size_t at = text.find("\"@\"") + 1;
  VOLPRESS_CHECK(sink(viewBytes(text.substr(0, at) + "data:application/octet-stream;base64,")));
  Bytes kept;  // what is left over of a group of three bytes
  VOLPRESS_CHECK(plan.writeBuffer([&](ByteView part) {
    kept.insert(kept.end(), part.begin(), part.end());
    const std::size_t whole = kept.size() / 3 * 3;
    Result<void> written = sink(viewBytes(encodeBase64(ByteView(kept).first(whole))));
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(whole));
    return written;
  }));
  return sink(viewBytes(encodeBase64(kept) + text.substr(at + kMark.size()) + "\n"));
}

/// How much of the file each attribute takes.
Result<std::vector<ByteShare>> sharesOf(const GltfDocument& document, std::uint64_t fileBytes,
                                        bool inside) {
  std::vector<ByteShare> shares{{"positions", 0},    {"scales", 0},        {"rotations", 0},
                                {"opacities", 0},    {"sh0", 0},           {"shN", 0},
                                {"splats (SPZ)", 0}, {"header", fileBytes}};
  const auto give = [&](std::size_t share, std::uint64_t bytes) {
    // Buffers outside the file, and views that overlap, take nothing from it.
    const std::uint64_t taken = inside ? std::min(bytes, shares.back().bytes) : 0;
    shares[share].bytes += taken;
    shares.back().bytes -= taken;
  };
  const auto shareOf = [](std::string_view name) -> std::size_t {
    if (name == "POSITION") {
      return 0;
    }
    if (name.ends_with("SCALE")) {
      return 1;
    }
    if (name.ends_with("ROTATION")) {
      return 2;
    }
    if (name.ends_with("OPACITY")) {
      return 3;
    }
    return name.find("SH_DEGREE_") != std::string_view::npos &&
                   name.find("SH_DEGREE_0") == std::string_view::npos
               ? 5
               : 4;
  };
  const json* meshes = findMember(document.root(), "meshes");
  for (std::size_t m = 0; meshes != nullptr && meshes->is_array() && m < meshes->size(); ++m) {
    const json* primitives = findMember((*meshes)[m], "primitives");
    for (std::size_t p = 0;
         primitives != nullptr && primitives->is_array() && p < primitives->size(); ++p) {
      const json* attributes = findMember((*primitives)[p], "attributes");
      if (attributes == nullptr || !attributes->is_object()) {
        continue;
      }
      for (const auto& [name, index] : attributes->items()) {
        VOLPRESS_TRY(const std::uint64_t number, wholeNumber(index, name, 0, UINT32_MAX));
        VOLPRESS_TRY(const json* accessor, document.object("accessors", number));
        if (const json* view = findMember(*accessor, "bufferView")) {
          VOLPRESS_TRY(const std::uint64_t at, wholeNumber(*view, "bufferView", 0, UINT32_MAX));
          VOLPRESS_TRY(const ByteView bytes, document.bufferView(at));
          give(shareOf(name), bytes.size());
        } else if (name == "POSITION") {
          give(6, document.bufferBytes());
        }
      }
    }
  }
  return shares;
}

class GltfFormat final : public Format {
public:
  explicit GltfFormat(bool binary) : m_binary(binary) {
    m_info.id = binary ? "glb" : "gltf";
    m_info.label = binary ? "glTF (.glb)" : "glTF (.gltf)";
    m_info.extensions = {binary ? ".glb" : ".gltf"};
    m_info.writes = true;
    m_info.writeParams = {
        {"packing",
         "Packing",
         "Plain floats open wherever the splat extension is known; SPZ inside is about a tenth of "
         "the size, but rests on a draft extension that may still change.",
         "",
         "",
         std::string("float"),
         std::nullopt,
         {{"float", "Floats"}, {"spz", "SPZ 2 inside (draft extension)"}},
         false},
        {"fallback",
         "Plain colours too",
         "Adds a plain colour to each splat (4 bytes) that viewers without the splat extension "
         "show as points. The splats stay the same.",
         "",
         "",
         true,
         std::nullopt,
         {},
         false}};
    m_info.lost =
        "SH above degree 3, the filter a scene was trained with and extra columns are left out; "
        "with SPZ inside also what SPZ loses.";
  }

  [[nodiscard]] const FormatInfo& info() const override { return m_info; }

  [[nodiscard]] bool recognises(ByteView head, std::string_view name) const override {
    const std::string_view text = viewText(head);
    if (m_binary) {
      return text.starts_with("glTF");
    }
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{' &&
           (name.ends_with(".gltf") || (text.find("\"asset\"") != std::string_view::npos &&
                                        text.find("\"version\"") != std::string_view::npos &&
                                        text.find("\"accessors\"") != std::string_view::npos));
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    return decodeBeside(file, nothingBeside(), context);
  }

  [[nodiscard]] Result<GaussianCloud> decodeBeside(ByteView file, const FileSource& beside,
                                                   IoContext& context) const override {
    VOLPRESS_TRY(const GltfDocument document, GltfDocument::open(file, beside));
    return decodeGltfScene(document, context);
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    Bytes bytes;
    VOLPRESS_CHECK(encodeTo(cloud, params, context, [&](ByteView part) -> Result<void> {
      bytes.insert(bytes.end(), part.begin(), part.end());
      return {};
    }));
    return bytes;
  }

  [[nodiscard]] Result<void> encodeTo(const GaussianCloud& cloud, const ParamSet& params,
                                      IoContext& context, const ByteSink& sink) const override {
    Writer writer(cloud, params, context);
    VOLPRESS_TRY(Plan plan, writer.plan());
    return m_binary ? writeGlb(plan, sink) : writeJson(std::move(plan), sink);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    // Buffers beside a .gltf are not its own bytes: what its JSON says of them is not checked here.
    auto document = GltfDocument::open(file, nothingBeside());
    if (!document) {
      VOLPRESS_CHECK(document.error().code == ErrorCode::IoFailure
                         ? Result<void>()
                         : Result<void>(tl::unexpected<Error>(document.error())));
      return std::vector<ByteShare>{{"header", file.size()}};
    }
    return sharesOf(*document, file.size(), m_binary || document->bufferBytes() <= file.size());
  }

private:
  static FileSource nothingBeside() {
    return [](const std::string& name) -> Result<Bytes> {
      return fail(ErrorCode::IoFailure, "the glTF's numbers lie in \"{}\", which is not at hand",
                  name);
    };
  }

  bool m_binary;
  FormatInfo m_info;
};

}  // namespace

const Format& glbFormat() {
  static const GltfFormat kFormat(true);
  return kFormat;
}

const Format& gltfFormat() {
  static const GltfFormat kFormat(false);
  return kFormat;
}

}  // namespace volpress::formats
