#include "app/engine/stream_export.hpp"

#include <cmath>

#include "app/engine/clip_files.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/sound_track.hpp"
#include "app/engine/view_sets.hpp"
#include "app/player/player_assets.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::ClipEntry;
using compressors::ClipFile;
using compressors::ClipInfo;

constexpr const char* kSoundName = "clip.opus";
constexpr std::size_t kPosterWidth = 1280, kPosterHeight = 720;
/// The page's background, as in player.css and main.ts.
constexpr std::array<float, 3> kBackground{15.0F / 255, 17.0F / 255, 21.0F / 255};

constexpr std::string_view kReadme =
    "A volumetric video, ready for the web\n"
    "=====================================\n"
    "\n"
    "Put this folder on any web server, as it is, and open its address. The server should\n"
    "answer range requests (almost every one does); no other set-up is needed.\n"
    "\n"
    "To look at it on this machine:\n"
    "\n"
    "    volpress serve FOLDER\n"
    "\n"
    "Opening index.html as a file does not work: browsers let such pages read nothing.\n"
    "\n"
    "In a page of your own:\n"
    "\n"
    "    <iframe src=\"FOLDER/index.html\" allow=\"fullscreen\"></iframe>\n"
    "\n"
    "Keys: Space plays and pauses; J and ; jump by a second; comma and full stop step by a\n"
    "frame; arrows, + and - move the camera; H first view; L loop; M sound; F full screen. #t=3.5 "
    "at\n"
    "the end of the address begins at that second.\n";

std::string escapeHtml(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += letter;
    }
  }
  return escaped;
}

void replaceAll(std::string& text, std::string_view mark, std::string_view with) {
  for (std::size_t at = text.find(mark); at != std::string::npos;
       at = text.find(mark, at + with.size())) {
    text.replace(at, mark.size(), with);
  }
}

Json viewToJson(const Camera& camera, const Bounds& bounds) {
  const float* forward = &camera.rotation[6];
  float distance = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const float centre = (bounds.min[k] + bounds.max[k]) / 2;
    distance += (centre - camera.position[k]) * forward[k];
  }
  distance = std::max(distance, 1e-3F);
  Json view;
  view["eye"] = camera.position;
  view["target"] = {camera.position[0] + distance * forward[0],
                    camera.position[1] + distance * forward[1],
                    camera.position[2] + distance * forward[2]};
  view["fieldOfView"] = 2 * std::atan(static_cast<float>(camera.height) / 2 / camera.fy);
  return view;
}

}  // namespace

Result<Image> drawOverBackground(GaussianCloud cloud, const Camera& camera,
                                 renderer::Rasterizer& rasterizer, const std::stop_token& stop) {
  VOLPRESS_TRY(const auto prepared,
               rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(cloud))));
  renderer::RenderOptions drawing;
  drawing.background = kBackground;
  drawing.stop = stop;
  VOLPRESS_TRY(renderer::RenderResult drawn, rasterizer.render(*prepared, camera, drawing));
  return std::move(drawn.color);
}

namespace {

class Export {
public:
  Export(const StreamExportSpec& spec, const OpenClip& clip, TaskRunner& runner,
         StagedProgress& progress, const std::stop_token& stop)
      : m_spec(spec), m_clip(clip), m_runner(runner), m_progress(progress), m_stop(stop) {}

  Result<StreamExportReport> run() {
    const ClipInfo& info = m_clip.info();
    m_report.seconds = info.seconds(info.frameCount);
    VOLPRESS_CHECK(writeFolderAtomically(m_spec.folder, [this](const fs::path& folder) {
      m_folder = folder;
      return fill();
    }));
    m_progress.finish();
    return m_report;
  }

private:
  Result<void> fill() {
    m_progress.enter(0);
    VOLPRESS_CHECK(drawPoster());
    std::vector<Rendition> renditions{{m_spec.clip, 0, 0}};
    const fs::path work = m_folder / "work";
    if (hasLadder()) {
      std::error_code code;
      fs::create_directory(work, code);
      VOLPRESS_TRY(m_report.ladder, makeLadder(m_clip, m_spec.clip, m_spec.ladder, work, m_runner,
                                               m_progress, 1, m_stop));
      renditions = m_report.ladder.renditions;
      m_progress.enter(1 + ladderStages(rungsBelow(m_clip, m_spec.ladder.megabits)).size());
    } else {
      m_progress.enter(1);
    }
    VOLPRESS_CHECK(addSound());
    Json written = Json::array();
    for (const Rendition& rendition : renditions) {
      VOLPRESS_TRY(Json described, writeRendition(rendition));
      written.push_back(std::move(described));
    }
    std::error_code code;
    fs::remove_all(work, code);
    VOLPRESS_CHECK(writeManifest(std::move(written)));
    return writePage();
  }

  [[nodiscard]] bool hasLadder() const { return !m_spec.ladder.megabits.empty(); }

  Result<void> drawPoster() {
    VOLPRESS_TRY(const GaussianCloud first, m_clip.frame(0, m_runner, m_stop));
    const auto rasterizer = renderer::makeSoftwareRasterizer(m_runner);
    // The page begins with this view, whichever frame the poster shows.
    const Camera camera = homeCamera(first, kPosterWidth, kPosterHeight, *rasterizer);
    m_view = viewToJson(camera, meanBounds(first));
    VOLPRESS_TRY(GaussianCloud shown, m_clip.frame(m_spec.posterFrame, m_runner, m_stop));
    VOLPRESS_TRY(const Image picture,
                 drawOverBackground(std::move(shown), camera, *rasterizer, m_stop));
    ++m_report.files;
    return writePng(m_folder / "poster.png", picture);
  }

  Result<void> addSound() {
    if (m_spec.sound.empty()) {
      return {};
    }
    VOLPRESS_TRY(const SoundTrack track,
                 writeSound(m_spec.sound, m_folder / kSoundName, m_report.seconds, m_stop));
    m_report.soundBytes = track.fileBytes;
    m_report.soundSeconds = track.seconds;
    ++m_report.files;
    return {};
  }

  /// Writes one clip and tells the manifest about it.
  Result<Json> writeRendition(const Rendition& rendition) {
    const std::string suffix = rendition.rung == 0 ? "" : fmt::format("_{:g}", rendition.rung);
    const std::string name = fmt::format("clip{}.dgsv", suffix);
    std::uint64_t bytes = 0;
    {
      VOLPRESS_TRY(const MappedFile source, MappedFile::open(rendition.file));
      VOLPRESS_TRY(const ClipFile clip, ClipFile::open(source.bytes()));
      VOLPRESS_TRY(bytes, compressors::writeFastStart(clip, m_folder / name));
    }
    VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(m_folder / name));
    VOLPRESS_TRY(const ClipFile fast, ClipFile::open(mapped.bytes()));
    const std::uint64_t front = fast.entries().front().offset;
    m_report.clipBytes += bytes;
    ++m_report.files;
    Json described = {{"bytes", bytes}};
    if (m_spec.split) {
      VOLPRESS_TRY(described["files"], splitUp(fast, mapped.bytes(), suffix));
      std::error_code code;
      fs::remove(m_folder / name, code);
      --m_report.files;
    } else {
      described["url"] = name;
    }
    const std::uint64_t typeBytes = fast.typeRecord().size();
    const std::uint64_t initOffset = front - fast.initBytes();
    described["index"] = {typeBytes, initOffset - typeBytes};
    described["init"] = {initOffset, fast.initBytes()};
    describeSegments(fast, described);
    if (rendition.rung == 0) {
      m_report.frontBytes = front;
      for (const Json& layer : described["layers"]) {
        m_report.layerMegabits.push_back(layer["kbps"].get<double>() / 1e3);
      }
    } else {
      described["rung"] = rendition.rung;
    }
    return described;
  }

  /// Cuts the file at its segments; the tail is of no use to a player.
  Result<Json> splitUp(const ClipFile& fast, ByteView bytes, const std::string& suffix) {
    Json files = Json::array();
    const auto write = [&](const std::string& name, std::uint64_t first,
                           ByteView part) -> Result<void> {
      files.push_back({{"url", name}, {"o", first}, {"l", part.size()}});
      ++m_report.files;
      return writeFileAtomically(m_folder / name, part);
    };
    VOLPRESS_CHECK(write(fmt::format("init{}.dgsi", suffix), 0,
                         bytes.first(static_cast<std::size_t>(fast.entries().front().offset))));
    for (std::size_t e = 0; e < fast.entries().size(); ++e) {
      VOLPRESS_TRY(const ByteView record, fast.segmentRecord(e));
      VOLPRESS_CHECK(
          write(fmt::format("seg{}_{:05}.dgss", suffix, e + 1), fast.entries()[e].offset, record));
    }
    return files;
  }

  /// Where segments lie, and what layers take.
  void describeSegments(const ClipFile& fast, Json& described) const {
    const ClipInfo& info = fast.info();
    described["segments"] = Json::array();
    std::vector<std::uint64_t> totals(info.layerCount);
    for (const ClipEntry& entry : fast.entries()) {
      described["segments"].push_back({{"t", info.seconds(entry.firstFrame)},
                                       {"n", entry.frameCount},
                                       {"o", entry.offset},
                                       {"l", entry.lengths}});
      for (std::size_t layer = 0; layer < totals.size(); ++layer) {
        totals[layer] += entry.lengths[layer];
      }
    }
    described["layers"] = Json::array();
    double bits = 0;
    for (std::size_t layer = 0; layer < totals.size(); ++layer) {
      bits += 8 * static_cast<double>(totals[layer]);
      described["layers"].push_back({{"id", layer},
                                     {"kbps", std::round(bits / m_report.seconds / 1e3)},
                                     {"splats", compressors::splatsOfLayer(info, layer)},
                                     {"what", compressors::layerWords(info, layer)}});
    }
  }

  /// The clip itself at the top, as in a folder without a ladder.
  Result<void> writeManifest(Json renditions) {
    const ClipInfo& info = m_clip.info();
    Json manifest = {{"dgsv", 1},
                     {"duration", m_report.seconds},
                     {"fps", {info.rateNumerator, info.rateDenominator}},
                     {"frames", info.frameCount},
                     {"codec", info.codec},
                     {"poster", "poster.png"}};
    if (m_report.soundBytes > 0) {
      manifest["audio"] = {{"url", kSoundName}, {"bytes", m_report.soundBytes}};
    }
    m_front = renditions.front()["segments"].front()["o"];
    manifest.update(renditions.front());
    if (hasLadder()) {
      renditions.erase(0);
      manifest["renditions"] = std::move(renditions);
      manifest["ladder"] = Json::array();
      for (const LadderStep& step : m_report.ladder.steps) {
        manifest["ladder"].push_back({{"kbps", std::round(step.megabits * 1e3)},
                                      {"rendition", step.rendition},
                                      {"layers", step.layers},
                                      {"splats", step.splats},
                                      {"psnr", std::round(step.psnr * 100) / 100}});
      }
    }
    ++m_report.files;
    return writeText("manifest.json", dumpJson(manifest, 1) + "\n");
  }

  Result<void> writePage() {
    const std::string title = m_spec.title.empty() ? m_spec.clip.stem().string() : m_spec.title;
    Json settings = {{"clip", m_spec.split || hasLadder() ? "manifest.json" : "clip.dgsv"},
                     {"view", m_view},
                     {"front", m_front}};
    if (m_report.soundBytes > 0) {
      settings["sound"] = kSoundName;
    }
    std::string json = dumpJson(settings, -1);
    replaceAll(json, "<", "\\u003c");  // nothing may end the script element early
    std::string page(player::pageTemplate());
    replaceAll(page, "@STYLE@", player::pageStyle());
    replaceAll(page, "@SETTINGS@", json);
    replaceAll(page, "@TITLE@", escapeHtml(title));
    m_report.playerBytes =
        page.size() + player::playerScript().size() + player::playerModule().size();
    m_report.files += 4;
    VOLPRESS_CHECK(writeText("index.html", page));
    VOLPRESS_CHECK(writeText("player.js", player::playerScript()));
    VOLPRESS_CHECK(writeText("player.wasm", player::playerModule()));
    return writeText("README.txt", kReadme);
  }

  Result<void> writeText(const char* name, std::string_view text) {
    return writeFileAtomically(m_folder / name, viewBytes(text));
  }

  const StreamExportSpec& m_spec;
  const OpenClip& m_clip;
  TaskRunner& m_runner;
  StagedProgress& m_progress;
  const std::stop_token& m_stop;
  fs::path m_folder;
  StreamExportReport m_report;
  Json m_view;
  std::uint64_t m_front = 0;  ///< bytes of the clip before its first segment
};

}  // namespace

Result<StreamExportReport> exportStream(const StreamExportSpec& spec, TaskRunner& runner,
                                        StagedProgress& progress, const std::stop_token& stop) {
  if (!player::hasPlayer()) {
    return fail(ErrorCode::UnsupportedVersion,
                "this program was built without the web player: build it where em++ (Emscripten) "
                "and esbuild are installed");
  }
  VOLPRESS_CHECK(checkOutputFolder(spec.folder, "index.html"));
  VOLPRESS_TRY(const OpenClip clip, OpenClip::open(spec.clip, runner, stop));
  if (spec.posterFrame >= clip.info().frameCount) {
    return fail(ErrorCode::InvalidParameter, "the poster's frame {} of a clip with {} frames",
                spec.posterFrame, clip.info().frameCount);
  }
  if (!spec.sound.empty()) {
    VOLPRESS_CHECK(checkSound(spec.sound));
  }
  std::vector<Progress::Stage> stages{{"drawing the poster", 1}};
  if (!spec.ladder.megabits.empty()) {
    const auto more = ladderStages(rungsBelow(clip, spec.ladder.megabits));
    stages.insert(stages.end(), more.begin(), more.end());
  }
  stages.push_back({"writing the folder", 1});
  progress.setStages(std::move(stages));
  return Export(spec, clip, runner, progress, stop).run();
}

}  // namespace volpress::engine
