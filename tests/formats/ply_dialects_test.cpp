// Every deviation from the 3DGS PLY that real files show, as generated files.
#include <algorithm>
#include <functional>
#include <map>

#include "scene/formats/ply.hpp"
#include "tests/formats/format_io.hpp"

namespace volpress::formats {
namespace {

using testing::decodeError;
using testing::decodeOk;
using testing::FormatIo;

/// Builds a PLY column by column.
class PlyBuilder {
public:
  std::string format = "binary_little_endian";
  std::string newline = "\n";
  std::string before, after;  ///< header lines around the vertex element
  std::string dataBefore;     ///< rows of elements before the vertices
  std::size_t count = 2;
  std::string countText;  ///< in place of the count
  struct Column {
    std::string type, name;
    std::function<double(std::size_t)> value;
  };
  std::vector<Column> columns;

  PlyBuilder& add(const std::string& type, const std::string& name,
                  std::function<double(std::size_t)> value) {
    columns.push_back({type, name, std::move(value)});
    return *this;
  }
  /// A column whose value tells name and row apart.
  PlyBuilder& add(const std::string& type, const std::string& name) {
    const double base = static_cast<double>(columns.size());
    return add(type, name,
               [base](std::size_t row) { return base + 0.25 * static_cast<double>(row); });
  }
  PlyBuilder& addSplat(const std::string& type = "float", const std::string& skip = "") {
    for (const char* name : {"x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0",
                             "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"}) {
      if (skip.find(std::string("|") + name + "|") == std::string::npos) {
        add(type, name);
      }
    }
    return *this;
  }

  [[nodiscard]] std::string build() const {
    std::string text = "ply" + newline + "format " + format + " 1.0" + newline + before;
    text += "element vertex " + (countText.empty() ? std::to_string(count) : countText) + newline;
    for (const Column& column : columns) {
      text += "property " + column.type + " " + column.name + newline;
    }
    text += after + "end_header" + newline + dataBefore;
    for (std::size_t row = 0; row < count; ++row) {
      for (const Column& column : columns) {
        text += value(column, row);
      }
      text += format == "ascii" ? newline : "";
    }
    return text;
  }

private:
  template <typename T>
  [[nodiscard]] std::string raw(double number) const {
    const T typed = static_cast<T>(number);
    std::string bytes(reinterpret_cast<const char*>(&typed), sizeof(T));
    if (format == "binary_big_endian") {
      std::reverse(bytes.begin(), bytes.end());
    }
    return bytes;
  }
  [[nodiscard]] std::string value(const Column& column, std::size_t row) const {
    const double number = column.value(row);
    if (format == "ascii") {
      return fmt::format("{} ", number);
    }
    static const std::map<std::string, int> kKinds{
        {"char", 0},   {"int8", 0},    {"uchar", 1},  {"uint8", 1},  {"short", 2}, {"int16", 2},
        {"ushort", 3}, {"uint16", 3},  {"int", 4},    {"int32", 4},  {"uint", 5},  {"uint32", 5},
        {"float", 6},  {"float32", 6}, {"double", 7}, {"float64", 7}};
    switch (kKinds.at(column.type)) {
      case 0: return raw<std::int8_t>(number);
      case 1: return raw<std::uint8_t>(number);
      case 2: return raw<std::int16_t>(number);
      case 3: return raw<std::uint16_t>(number);
      case 4: return raw<std::int32_t>(number);
      case 5: return raw<std::uint32_t>(number);
      case 6: return raw<float>(number);
      default: return raw<double>(number);
    }
  }
};

/// The splats of `addSplat` as first columns, in every encoding and type.
void expectPlainSplats(const GaussianCloud& cloud) {
  ASSERT_EQ(cloud.count, 2U);
  EXPECT_EQ(cloud.means, (FloatArray{0, 1, 2, 0.25F, 1.25F, 2.25F}));
  EXPECT_EQ(cloud.shDc, (FloatArray{3, 4, 5, 3.25F, 4.25F, 5.25F}));
  EXPECT_EQ(cloud.opacityLogits, (FloatArray{6, 6.25F}));
  EXPECT_EQ(cloud.logScales, (FloatArray{7, 8, 9, 7.25F, 8.25F, 9.25F}));
  EXPECT_EQ(cloud.rotations, (FloatArray{10, 11, 12, 13, 10.25F, 11.25F, 12.25F, 13.25F}));
}

GaussianCloud decode(const PlyBuilder& builder, FormatIo& io) {
  const std::string text = builder.build();
  return decodeOk(plyFormat(), viewBytes(text), io);
}

TEST(PlyDialects, EveryEncodingLineEndAndFloatTypeReadsTheSame) {
  for (const char* format : {"binary_little_endian", "binary_big_endian", "ascii"}) {
    for (const char* newline : {"\n", "\r\n", "\r"}) {
      for (const char* type : {"float", "float32", "double", "float64"}) {
        FormatIo io;
        PlyBuilder builder;
        builder.format = format;
        builder.newline = newline;
        builder.addSplat(type);
        SCOPED_TRACE(fmt::format("{} {} {}", format, type, newline[1] == 0 ? "1" : "2"));
        expectPlainSplats(decode(builder, io));
        EXPECT_TRUE(io.context.warnings.empty());
      }
    }
  }
}

TEST(PlyDialects, EveryWholeNumberTypeAndItsAliasIsReadAsAnExtraColumn) {
  for (const char* format : {"binary_little_endian", "binary_big_endian", "ascii"}) {
    FormatIo io;
    PlyBuilder builder;
    builder.format = format;
    builder.addSplat();
    const std::vector<std::pair<std::string, double>> types{
        {"char", -7},     {"int8", -128},   {"uchar", 200},         {"uint8", 255},
        {"short", -3000}, {"int16", 32767}, {"ushort", 60000},      {"uint16", 65535},
        {"int", -100000}, {"int32", 65536}, {"uint", 4294967040.0}, {"uint32", 16777216}};
    for (const auto& [type, number] : types) {
      builder.add(type, "extra_" + type, [value = number](std::size_t) { return value; });
    }
    const GaussianCloud cloud = decode(builder, io);
    expectPlainSplats(cloud);
    ASSERT_EQ(cloud.extras.size(), types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
      EXPECT_EQ(cloud.extras[i].name, "extra_" + types[i].first);
      EXPECT_EQ(cloud.extras[i].values[1], static_cast<float>(types[i].second));
    }
  }
}

TEST(PlyDialects, ColumnsAreFoundByNameInAnyOrder) {
  PlyBuilder builder;
  builder.addSplat();
  std::reverse(builder.columns.begin(), builder.columns.end());
  FormatIo io;
  expectPlainSplats(decode(builder, io));
}

TEST(PlyDialects, ShDegreeFollowsTheNumberOfRestColumns) {
  const std::pair<std::size_t, unsigned> cases[] = {{0, 0},  {3, 0},  {9, 1},  {24, 2}, {30, 2},
                                                    {45, 3}, {46, 3}, {72, 4}, {80, 4}};
  for (const auto& [columns, degree] : cases) {
    PlyBuilder builder;
    builder.addSplat();
    for (std::size_t k = 0; k < columns; ++k) {
      builder.add("float", fmt::format("f_rest_{}", k),
                  [k = k](std::size_t row) { return static_cast<double>(100 * row + k); });
    }
    FormatIo io;
    const GaussianCloud cloud = decode(builder, io);
    EXPECT_EQ(cloud.shDegree, degree) << columns;
    const std::size_t kept = shRestCount(degree);
    EXPECT_EQ(io.context.warnings.size(), 3 * kept == columns ? 0U : 1U) << columns;
    // Channel c, coefficient k stood at c * stride + k.
    const std::size_t stride = columns % 3 == 0 ? columns / 3 : kept;
    for (std::size_t k = 0; k < kept; ++k) {
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(cloud.shRest[(kept + k) * 3 + c], static_cast<float>(100 + c * stride + k));
      }
    }
    EXPECT_TRUE(cloud.extras.empty());
  }
}

TEST(PlyDialects, RestColumnsNumberedFromOneAreStillInOrder) {
  PlyBuilder builder;
  builder.addSplat();
  for (std::size_t k = 9; k >= 1; --k) {
    builder.add("float", fmt::format("f_rest_{}", k),
                [k](std::size_t) { return static_cast<double>(k); });
  }
  FormatIo io;
  const GaussianCloud cloud = decode(builder, io);
  ASSERT_EQ(cloud.shDegree, 1U);
  EXPECT_EQ(cloud.shRest[0], 1);
  EXPECT_EQ(cloud.shRest[1], 4);
  EXPECT_EQ(cloud.shRest[2], 7);
}

TEST(PlyDialects, ColoursInPlaceOfBandZeroAreConverted) {
  for (const auto& [type, full] :
       std::map<std::string, double>{{"uchar", 255}, {"ushort", 65535}, {"float", 1}}) {
    for (const char* format : {"binary_little_endian", "binary_big_endian", "ascii"}) {
      PlyBuilder builder;
      builder.format = format;
      builder.addSplat("float", "|f_dc_0||f_dc_1||f_dc_2|");
      builder.add(type, "red", [full = full](std::size_t) { return full; });
      builder.add(type, "green", [](std::size_t) { return 0.0; });
      builder.add(type, "blue", [full = full](std::size_t row) { return row == 0 ? full : 0; });
      FormatIo io;
      const GaussianCloud cloud = decode(builder, io);
      const float limit = 0.5F / kSh0;
      EXPECT_NEAR(cloud.shDc[0], limit, 1e-5);
      EXPECT_NEAR(cloud.shDc[1], -limit, 1e-5);
      EXPECT_NEAR(cloud.shDc[2], limit, 1e-5);
      EXPECT_NEAR(cloud.shDc[5], -limit, 1e-5);
    }
  }
}

TEST(PlyDialects, FlatSplatsGetAThinThirdScale) {
  for (const char* format : {"binary_little_endian", "ascii"}) {
    PlyBuilder builder;
    builder.format = format;
    builder.addSplat("float", "|scale_2|");
    FormatIo io;
    const GaussianCloud cloud = decode(builder, io);
    EXPECT_EQ(cloud.logScales[2], kMinLogScale);
    EXPECT_EQ(cloud.logScales[5], kMinLogScale);
    EXPECT_EQ(io.context.warnings.size(), 1U);
  }
}

TEST(PlyDialects, HeaderNoiseIsTolerated) {
  PlyBuilder builder;
  builder.before = "comment made   by hand\n\nobj_info num_cols 12\n\tcomment\ttabbed \t\n";
  builder.after = "comment after the columns\n";
  builder.countText = "   0000000002  ";
  builder.addSplat();
  std::string text = builder.build();
  text.replace(text.find("property float y"), 16, " property\tfloat \t y  ");
  FormatIo io;
  expectPlainSplats(decodeOk(plyFormat(), viewBytes(text), io));
}

TEST(PlyDialects, CommentsSetTheFilter) {
  const std::pair<const char*, FilterMode> cases[] = {
      {"comment SplatRenderMode: mip\n", FilterMode::Antialiased},
      {"comment splatrendermode:MIP\n", FilterMode::Antialiased},
      {"comment SplatRenderMode: default\n", FilterMode::Default},
      {"comment SplatRenderMode: 2dgs\n", FilterMode::Default},
      {"comment antialiased 1\n", FilterMode::Antialiased},
      {"comment Antialiased 0\n", FilterMode::Default},
      {"comment antialiased 1\ncomment SplatRenderMode: default\n", FilterMode::Default},
      {"comment antialiased\n", FilterMode::Default},
      {"comment not antialiased 1\n", FilterMode::Default}};
  for (const auto& [comment, filter] : cases) {
    PlyBuilder builder;
    builder.before = comment;
    builder.addSplat();
    FormatIo io;
    EXPECT_EQ(decode(builder, io).filter, filter) << comment;
  }
}

TEST(PlyDialects, ElementsAroundTheVerticesAreSkipped) {
  for (const char* format : {"binary_little_endian", "binary_big_endian", "ascii"}) {
    PlyBuilder builder;
    builder.format = format;
    builder.before =
        "element camera 2\nproperty float fx\nproperty uchar id\n"
        "element empty 0\nproperty list uchar int things\n"
        "element face 2\nproperty list uchar int vertex_indices\nproperty uchar flags\n";
    builder.after = "element tail 1\nproperty double seconds\n";
    const bool big = std::string(format) == "binary_big_endian";
    const std::string three = big ? std::string("\0\0\0\3", 4) : std::string("\3\0\0\0", 4);
    builder.dataBefore =
        std::string(format) == "ascii"
            ? "1 2\n3 4\n2 7 8 0\n0 1\n"
            : fmt::format("{}\2{}{}f{}f", std::string(10, '\1'), three, three, '\0');
    builder.addSplat();
    SCOPED_TRACE(format);
    FormatIo io;
    // The rows after the vertices may even be missing.
    expectPlainSplats(decode(builder, io));
    const std::string text = builder.build() + std::string(100, ' ');
    FormatIo again;
    expectPlainSplats(decodeOk(plyFormat(), viewBytes(text), again));
    const auto shares = plyFormat().breakdown(viewBytes(text));
    ASSERT_TRUE(shares.has_value()) << shares.error().message;
    EXPECT_EQ(testing::totalBytes(*shares), text.size());
  }
}

TEST(PlyDialects, ListsInsideTheVerticesAreSkipped) {
  std::string text =
      "ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty list uchar short odd\n";
  const char* const names[] = {"x",      "y",       "z",       "f_dc_0",  "f_dc_1",
                               "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2",
                               "rot_0",  "rot_1",   "rot_2",   "rot_3"};
  for (const char* name : names) {
    text += fmt::format("property float {}\n", name);
  }
  std::string ascii = text + "end_header\n";
  ascii.replace(ascii.find("binary_little_endian"), 20, "ascii");
  text += "end_header\n";
  for (std::size_t row = 0; row < 2; ++row) {
    text += static_cast<char>(row);
    text += std::string(2 * row, 'x');
    ascii += row == 0 ? "0 " : "1 77 ";
    for (std::size_t i = 0; i < 14; ++i) {
      const float value = static_cast<float>(i) + 0.25F * static_cast<float>(row);
      text.append(reinterpret_cast<const char*>(&value), sizeof(value));
      ascii += fmt::format("{} ", value);
    }
  }
  for (const std::string& file : {text, ascii}) {
    FormatIo io;
    expectPlainSplats(decodeOk(plyFormat(), viewBytes(file), io));
    const std::string cut = file.substr(0, file.size() - 7);
    EXPECT_NE(decodeError(plyFormat(), viewBytes(cut)).find("1 complete"), std::string::npos);
  }
}

TEST(PlyDialects, AsciiNumbersInEverySpelling) {
  PlyBuilder builder;
  builder.format = "ascii";
  builder.addSplat();
  std::string text = builder.build();
  const std::size_t data = text.find("end_header\n") + 11;
  text = text.substr(0, data) +
         "+0 1e0 2.0 3 4 5 6.00E+0 7 8 9 10 11 12 13\n"
         "25e-2 1.25 2.25\t3.25\n 4.25 5.25 6.25 7.25 8.25 9.25 10.25 11.25 12.25 13.25";
  FormatIo io;
  expectPlainSplats(decodeOk(plyFormat(), viewBytes(text), io));

  text.replace(data, 2, "1e-60");
  FormatIo tiny;
  EXPECT_EQ(decodeOk(plyFormat(), viewBytes(text), tiny).means[0], 0);
  text.replace(data, 5, "nan  ");
  FormatIo removed;
  EXPECT_EQ(decodeOk(plyFormat(), viewBytes(text), removed).count, 1U);
  text.replace(data, 5, "1e999");
  FormatIo infinite;
  EXPECT_EQ(decodeOk(plyFormat(), viewBytes(text), infinite).count, 1U);
  text.replace(data, 5, "1,5  ");
  EXPECT_NE(decodeError(plyFormat(), viewBytes(text)).find("\"1,5\""), std::string::npos);
}

TEST(PlyDialects, NoSplatsIsAnEmptyScene) {
  for (const char* format : {"binary_little_endian", "binary_big_endian", "ascii"}) {
    PlyBuilder builder;
    builder.format = format;
    builder.count = 0;
    builder.addSplat();
    FormatIo io;
    EXPECT_EQ(decode(builder, io).count, 0U);
  }
}

TEST(PlyDialects, WhatIsNoSplatFileIsNamed) {
  const auto header = [](const std::string& lines) {
    return "ply\nformat binary_little_endian 1.0\n" + lines + "end_header\n";
  };
  const std::string xyz = "property float x\nproperty float y\nproperty float z\n";
  const std::string mesh =
      header("element vertex 0\n" + xyz + "element face 5\nproperty list uchar int v\n");
  EXPECT_NE(decodeError(plyFormat(), viewBytes(mesh)).find("mesh"), std::string::npos);
  const std::string points = header("element vertex 0\n" + xyz);
  EXPECT_NE(decodeError(plyFormat(), viewBytes(points)).find("point cloud"), std::string::npos);
  const std::string book =
      header("element codebook_centers 0\nproperty float a\nelement vertex 0\n" + xyz);
  EXPECT_NE(decodeError(plyFormat(), viewBytes(book)).find("codebook"), std::string::npos);
  const std::string none = header("element point 0\n" + xyz);
  EXPECT_NE(decodeError(plyFormat(), viewBytes(none)).find("vertex"), std::string::npos);
  const std::string partial = header("element vertex 0\n" + xyz + "property float scale_0\n");
  EXPECT_NE(decodeError(plyFormat(), viewBytes(partial)).find("rot_0"), std::string::npos);
}

}  // namespace
}  // namespace volpress::formats
