// PLY headers and sizes that lie.
#include "scene/formats/compressed_ply.hpp"
#include "scene/formats/ply.hpp"
#include "scene/formats/ply_header.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

using testing::decodeError;
using testing::encodeOk;
using testing::FormatIo;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string plyOf(std::size_t count, const Format& format) {
  FormatIo io;
  const Bytes bytes = encodeOk(format, testing::randomCloud(count, 1, 1), io);
  return std::string(viewText(bytes));
}

TEST(PlyHostile, CountsThatCannotBeAreRefusedBeforeAllocation) {
  const std::string file = plyOf(3, plyFormat());
  for (const char* count : {"4294967295", "4000000000", "4", "1000"}) {
    const std::string text =
        replaced(file, "element vertex 3", fmt::format("element vertex {}", count));
    const std::string message = decodeError(plyFormat(), viewBytes(text));
    EXPECT_NE(message.find(count), std::string::npos) << message;
    EXPECT_NE(message.find("3 complete"), std::string::npos) << message;
  }
  for (const char* count : {"-1", "4294967296", "18446744073709551616", "3x", "", "1e3", "0x3"}) {
    const std::string text =
        replaced(file, "element vertex 3", fmt::format("element vertex {}", count));
    EXPECT_NE(decodeError(plyFormat(), viewBytes(text)).find("count"), std::string::npos) << count;
  }
}

TEST(PlyHostile, ATruncatedFileSaysHowMuchIsThere) {
  const std::string file = plyOf(10, plyFormat());
  const std::string cut = file.substr(0, file.size() - 150);
  const std::string message = decodeError(plyFormat(), viewBytes(cut));
  EXPECT_NE(message.find("10 splats of 104 bytes"), std::string::npos) << message;
  EXPECT_NE(message.find("8 complete"), std::string::npos) << message;
}

TEST(PlyHostile, ElementsThatOverrunTheFileAreRefused) {
  const std::string file = plyOf(2, plyFormat());
  for (const char* element : {"element junk 4294967295\nproperty double d\n",
                              "element junk 4294967295\nproperty list uint double d\n",
                              "element junk 4000000000\nproperty list uchar uchar d\n"}) {
    const std::string text =
        replaced(file, "element vertex", std::string(element) + "element vertex");
    EXPECT_NE(decodeError(plyFormat(), viewBytes(text)).find("junk"), std::string::npos);
  }
  // A negative list length.
  std::string text = replaced(file, "element vertex",
                              "element junk 1\nproperty list char uchar d\nelement vertex");
  text.insert(text.find("end_header\n") + 11, "\xFF");
  EXPECT_NE(decodeError(plyFormat(), viewBytes(text)).find("junk"), std::string::npos);
}

TEST(PlyHostile, AsciiCountsAreHeldAgainstTheText) {
  std::string text = "ply\nformat ascii 1.0\nelement vertex 100000000\n";
  for (const char* name : {"x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0",
                           "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"}) {
    text += fmt::format("property float {}\n", name);
  }
  const std::string few = replaced(text, "100000000", "3") + "end_header\n";
  EXPECT_NE(decodeError(plyFormat(), viewBytes(text + "end_header\n1 2 3")).find("200000000"),
            std::string::npos);
  const std::string row = "1 2 3 4 5 6 7 8 9 1 2 3 4 5\n";
  const std::string message = decodeError(plyFormat(), viewBytes(few + row + row + "1 2 3"));
  EXPECT_NE(message.find("3 splats"), std::string::npos) << message;
  EXPECT_NE(message.find("2 complete"), std::string::npos) << message;
  // Long numbers hide the lack from the first estimate.
  const std::string wide =
      decodeError(plyFormat(), viewBytes(few + row + row + "1.0000000000000000000000000000 2 3"));
  EXPECT_NE(wide.find("2 complete"), std::string::npos) << wide;
}

TEST(PlyHostile, HeadersOutsideTheLimitsAreRefused) {
  const std::string start = "ply\nformat ascii 1.0\n";
  const auto refusal = [](const std::string& text) {
    const auto header = parsePlyHeader(viewBytes(text));
    EXPECT_FALSE(header.has_value());
    return header ? std::string() : header.error().message;
  };
  EXPECT_NE(refusal(start + "element vertex 1\n").find("end_header"), std::string::npos);
  EXPECT_NE(refusal(start + "comment " + std::string(kMaxPlyLineBytes, 'c') + "\nend_header\n")
                .find("longer"),
            std::string::npos);
  std::string many = start;
  for (std::size_t i = 0; i < 40; ++i) {
    many += "comment " + std::string(kMaxPlyLineBytes / 2, 'c') + "\n";
  }
  EXPECT_NE(refusal(many + "end_header\n").find("1048576"), std::string::npos);
  std::string elements = start;
  for (std::size_t i = 0; i <= kMaxPlyElements; ++i) {
    elements += fmt::format("element e{} 0\n", i);
  }
  EXPECT_NE(refusal(elements + "end_header\n").find("elements"), std::string::npos);
  std::string properties = start + "element vertex 0\n";
  for (std::size_t i = 0; i <= kMaxPlyProperties; ++i) {
    properties += fmt::format("property float p{}\n", i);
  }
  EXPECT_NE(refusal(properties + "end_header\n").find("properties"), std::string::npos);
  EXPECT_NE(refusal(start + "element v 1\nelement v 1\nend_header\n").find("twice"),
            std::string::npos);
  EXPECT_NE(refusal(start + "property float x\nend_header\n").find("before"), std::string::npos);
  EXPECT_NE(refusal(start + "element v 1\nproperty half x\nend_header\n").find("half"),
            std::string::npos);
  EXPECT_NE(refusal(start + "element v 1\nproperty list float int x\nend_header\n").find("list"),
            std::string::npos);
  EXPECT_NE(refusal("ply\nformat utf8 1.0\nend_header\n").find("utf8"), std::string::npos);
  EXPECT_NE(refusal("ply\nelement v 1\nend_header\n").find("format"), std::string::npos);
  EXPECT_NE(refusal(start + "vertices 3\nend_header\n").find("vertices"), std::string::npos);
  EXPECT_NE(refusal("plywood\n").find("ply"), std::string::npos);
}

TEST(PlyHostile, CompressedPlyChecksItsElementsAgainstEachOther) {
  const std::string file = plyOf(300, compressedPlyFormat());
  const auto refusal = [&file](std::string_view from, std::string_view to) {
    return decodeError(compressedPlyFormat(), viewBytes(replaced(file, from, to)));
  };
  EXPECT_NE(refusal("element chunk 2", "element chunk 1").find("1 chunks"), std::string::npos);
  EXPECT_NE(refusal("element sh 300", "element sh 299").find("299 rows"), std::string::npos);
  EXPECT_NE(refusal("element vertex 300", "element vertex 4294967295").find("chunks"),
            std::string::npos);
  EXPECT_NE(refusal("element chunk 2", "element chunk 99999999").find("chunk"), std::string::npos);
  EXPECT_NE(refusal("packed_rotation", "packed_rotatiox").find("packed_rotation"),
            std::string::npos);
  EXPECT_NE(refusal("uint packed_scale", "float packed_scale").find("packed_scale"),
            std::string::npos);
  EXPECT_NE(refusal("max_scale_z", "max_scale_q").find("max_scale_z"), std::string::npos);
  const std::string cut = file.substr(0, file.size() - 1);
  EXPECT_NE(decodeError(compressedPlyFormat(), viewBytes(cut)).find("299 complete"),
            std::string::npos);
}

}  // namespace
}  // namespace volpress::formats
