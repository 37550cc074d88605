#include <algorithm>

#include "app/cli/measured_json.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "scene/types/mesh_frames.hpp"
#include "scene/types/mesh_pose.hpp"
#include "scene/types/mesh_topology.hpp"

namespace volpress::cli {
namespace {

std::string attributeWords(const Mesh& mesh) {
  std::string words = "positions";
  const auto add = [&](const char* word, auto has) {
    const auto count =
        static_cast<std::size_t>(std::count_if(mesh.parts.begin(), mesh.parts.end(), has));
    if (count != 0) {
      words += fmt::format(", {}{}", word,
                           count == mesh.parts.size() ? "" : fmt::format(" (of {} parts)", count));
    }
  };
  add("normals", [](const MeshPart& part) { return !part.normals.empty(); });
  add("tangents", [](const MeshPart& part) { return !part.tangents.empty(); });
  add("UVs", [](const MeshPart& part) { return !part.uvs[0].empty(); });
  add("second UVs", [](const MeshPart& part) { return !part.uvs[1].empty(); });
  add("colours", [](const MeshPart& part) { return !part.colors.empty(); });
  add("joints", [](const MeshPart& part) { return !part.joints.empty(); });
  add("morph targets", [](const MeshPart& part) { return !part.morphs.empty(); });
  return words;
}

engine::Json topologyToJson(const MeshTopology& topology) {
  return {{"triangles", topology.triangles},
          {"places", topology.vertices},
          {"edges", topology.edges},
          {"boundaryEdges", topology.boundaryEdges},
          {"nonManifoldEdges", topology.nonManifoldEdges},
          {"components", topology.components},
          {"genus", topology.genus},
          {"degenerateTriangles", topology.degenerateTriangles},
          {"duplicateTriangles", topology.duplicateTriangles},
          {"unusedVertices", topology.unusedVertices}};
}

engine::Json toJson(const std::string& file, const engine::LoadedMeshScene& scene) {
  const Mesh& mesh = *scene.mesh;
  const Bounds bounds = posedBounds(poseMesh(mesh));
  engine::Json animations = engine::Json::array();
  for (const MeshAnimation& animation : mesh.animations) {
    animations.push_back({{"name", animation.name},
                          {"seconds", animationSeconds(animation)},
                          {"channels", animation.channels.size()}});
  }
  engine::Json json{{"file", file},
                    {"kind", "mesh"},
                    {"format", scene.formatId},
                    {"fileBytes", scene.fileBytes},
                    {"vertices", vertexCount(mesh)},
                    {"triangles", triangleCount(mesh)},
                    {"parts", mesh.parts.size()},
                    {"materials", mesh.materials.size()},
                    {"textures", mesh.textures.size()},
                    {"textureBytes", textureBytes(mesh)},
                    {"nodes", mesh.nodes.size()},
                    {"skins", mesh.skins.size()},
                    {"animations", animations},
                    {"geometryBytes", rawGeometryBytes(mesh)},
                    {"bounds", {{"min", bounds.min}, {"max", bounds.max}}},
                    {"topology", topologyToJson(measureTopology(mesh))},
                    {"warnings", scene.warnings}};
  if (const std::size_t frames = joinedFrames(mesh, engine::kMeshFrameRate); frames != 0) {
    json["frames"] = frames;
    json["bytesPerFrame"] = static_cast<double>(scene.fileBytes) / static_cast<double>(frames);
  }
  if (!scene.codecId.empty()) {
    json["codec"] = scene.codecId;
    const auto parameters = engine::parseJson(scene.parameters);
    json["parameters"] = parameters ? *parameters : engine::Json(scene.parameters);
  }
  return json;
}

std::string toText(const std::string& file, const engine::LoadedMeshScene& scene) {
  const Mesh& mesh = *scene.mesh;
  const Bounds bounds = posedBounds(poseMesh(mesh));
  std::string text = fmt::format("{}\n", file);
  text += fmt::format("  format     {}\n", scene.codecId.empty()
                                               ? engine::meshFormatLabel(scene.formatId)
                                               : "volpress file, codec " + scene.codecId);
  text += fmt::format("  mesh       {} triangles, {} vertices in {} parts\n",
                      describeCount(triangleCount(mesh)), describeCount(vertexCount(mesh)),
                      mesh.parts.size());
  text += fmt::format("  vertices   {}\n", attributeWords(mesh));
  text += fmt::format("  size       {} ({} bytes); geometry as plain arrays {}, pictures {}\n",
                      describeBytes(scene.fileBytes), describeCount(scene.fileBytes),
                      describeBytes(rawGeometryBytes(mesh)), describeBytes(textureBytes(mesh)));
  text += fmt::format("  surface    {} materials, {} pictures\n", mesh.materials.size(),
                      mesh.textures.size());
  text += fmt::format("  graph      {} nodes, {} skins\n", mesh.nodes.size(), mesh.skins.size());
  for (const MeshAnimation& animation : mesh.animations) {
    text +=
        fmt::format("  animation  \"{}\", {:.2f} s\n", animation.name, animationSeconds(animation));
  }
  if (const std::size_t frames = joinedFrames(mesh, engine::kMeshFrameRate); frames != 0) {
    text +=
        fmt::format("  frames     {}, {} each\n", frames, describeBytes(scene.fileBytes / frames));
  }
  text += fmt::format("  bounds     ({:.4g}, {:.4g}, {:.4g}) to ({:.4g}, {:.4g}, {:.4g})\n",
                      bounds.min[0], bounds.min[1], bounds.min[2], bounds.max[0], bounds.max[1],
                      bounds.max[2]);
  if (!scene.parameters.empty()) {
    text += fmt::format("  parameters {}\n", scene.parameters);
  }
  for (const std::string& warning : scene.warnings) {
    text += "  note: " + warning + "\n";
  }
  return text;
}

/// What an artist may want to know of the shape; the first word says how bad it is.
std::vector<std::string> findings(const engine::LoadedMeshScene& scene) {
  const MeshTopology topology = measureTopology(*scene.mesh);
  std::vector<std::string> found;
  const auto add = [&](std::size_t count, const char* severity, const char* what) {
    if (count != 0) {
      found.push_back(fmt::format("{:<8} {} {}", severity, describeCount(count), what));
    }
  };
  for (const std::string& warning : scene.warnings) {
    found.push_back(fmt::format("{:<8} {}", "warning", warning));
  }
  add(topology.nonManifoldEdges, "warning", "edges belong to three or more triangles");
  add(topology.degenerateTriangles, "warning", "triangles have two equal corners");
  add(topology.duplicateTriangles, "warning", "triangles stand twice in the same place");
  add(topology.unusedVertices, "note", "vertices belong to no triangle");
  add(topology.boundaryEdges, "note", "edges are open: the surface has borders");
  const auto flat = std::count_if(
      scene.mesh->parts.begin(), scene.mesh->parts.end(),
      [](const MeshPart& part) { return part.normals.empty() && !part.indices.empty(); });
  add(static_cast<std::size_t>(flat), "note", "parts have no normals: they are drawn flat");
  return found;
}

}  // namespace

Result<void> meshInfo(const std::string& file, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::LoadedMeshScene scene,
               engine::loadMeshScene(file, *runner, progress, console.stopToken()));
  engine::Json json = toJson(file, scene);
  std::string text = toText(file, scene);
  VOLPRESS_TRY(const std::vector<formats::ByteShare> shares, engine::meshFileBreakdown(file));
  if (!shares.empty()) {
    text += "  where the bytes go\n" + describeBreakdown(shares);
  }
  json["breakdown"] = breakdownJson(shares);
  console.print(text);
  console.printJson(engine::dumpJson(json, 2));
  return {};
}

Result<void> meshDoctor(const std::string& file, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::LoadedMeshScene scene,
               engine::loadMeshScene(file, *runner, progress, console.stopToken()));
  const MeshTopology topology = measureTopology(*scene.mesh);
  const std::vector<std::string> found = findings(scene);
  std::string text = fmt::format(
      "{}\n  mesh       {} triangles over {} places, {} components\n  edges      {}, {} open, {} "
      "non-manifold\n",
      file, describeCount(topology.triangles), describeCount(topology.vertices),
      describeCount(topology.components), describeCount(topology.edges),
      describeCount(topology.boundaryEdges), describeCount(topology.nonManifoldEdges));
  if (topology.boundaryEdges == 0 && topology.nonManifoldEdges == 0) {
    text += fmt::format("  genus      {} (closed)\n", topology.genus);
  }
  for (const std::string& line : found) {
    text += "  " + line + "\n";
  }
  console.print(found.empty() ? text + "  Nothing is wrong with it.\n" : text);
  engine::Json json = toJson(file, scene);
  json["findings"] = found;
  console.printJson(engine::dumpJson(json, 2));
  if (std::any_of(found.begin(), found.end(),
                  [](const std::string& line) { return line.starts_with("warning"); })) {
    console.setExitCode(kFindings);
  }
  return {};
}

}  // namespace volpress::cli
