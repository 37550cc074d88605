// Slow questions about a variant's error, answered on a thread of their own.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <QObject>
#include <QString>

#include "app/engine/attribution.hpp"
#include "app/studio/background.hpp"
#include "app/studio/document.hpp"

namespace volpress::studio {

/// Keeps every answer as long as the variant's cloud stays the same.
class CompareAnalysis : public QObject {
  Q_OBJECT
public:
  explicit CompareAnalysis(QObject* parent = nullptr);
  ~CompareAnalysis() override;

  /// Measures on these views from now on (a spec of makeViewSet); drops what was measured on
  /// others.
  void useViews(const std::string& views);

  using Errors = std::shared_ptr<const std::vector<float>>;
  /// The error seen through each splat of a variant; null while not known.
  [[nodiscard]] Errors errorsOf(const Entry& variant) const;
  /// Asks for them, unless they are known or on their way; `answered` follows.
  void wantErrors(const Entry& source, const Entry& variant);

  using Model = std::shared_ptr<const engine::SceneModel>;
  /// How far a mesh lies from another (SceneModel::distancesTo); null while not known.
  [[nodiscard]] Errors distancesOf(const Model& test, const Model& reference) const;
  /// Asks for them, unless they are known or on their way; `answered` follows. What was asked
  /// against another reference is given up.
  void wantDistances(const Model& test, const Model& reference, const std::string& name);
  [[nodiscard]] bool isMeasuring(const Model& test) const;

  /// The attribution of a variant's error; null while not known.
  [[nodiscard]] const engine::Attribution* attributionOf(const Entry& variant) const;
  void wantAttribution(const Entry& source, const Entry& variant);

  /// Asks for the variant with one attribute of its source; `swapped` follows.
  void wantSwap(const Entry& source, const Entry& variant, engine::SplatAttribute attribute);

  /// Drops what was measured of the variants of a source against another state of it: edits change
  /// what they are compared with.
  void keepOnly(const Entry& source);

  /// What runs now.
  [[nodiscard]] std::optional<Background::Activity> activity() const;
  /// A question that was asked and is not answered yet.
  enum class Question : std::uint8_t { Errors, Attribution };
  [[nodiscard]] bool isAsked(const Entry& variant, Question question) const;
  void cancelAll();

signals:
  void answered();
  void swapped(volpress::studio::EntryId variant, volpress::engine::SplatAttribute attribute,
               std::shared_ptr<const volpress::GaussianCloud> cloud);
  void failed(const QString& text);

private:
  using CloudPointer = const GaussianCloud*;
  struct Answers {
    std::weak_ptr<const GaussianCloud> cloud;  // what the answers are of
    EntryId source = 0;
    std::weak_ptr<const GaussianCloud> reference;  // what it was compared with
    Errors errors;
    std::optional<engine::Attribution> attribution;
  };
  [[nodiscard]] Answers& answersFor(const std::shared_ptr<const GaussianCloud>& cloud,
                                    const Entry& source);
  [[nodiscard]] const Answers* find(const Entry& variant) const;
  void told(const std::string& what, const Error& error);

  struct Distances {
    std::weak_ptr<const engine::SceneModel> test;
    std::weak_ptr<const engine::SceneModel> reference;
    Errors errors;  ///< null: they could not be measured
  };

  std::string m_views = "auto";
  std::map<CloudPointer, Answers> m_answers;
  std::set<std::pair<CloudPointer, Question>> m_asked;
  std::list<Distances> m_distances;  // newest first
  std::set<const engine::SceneModel*> m_measuring;
  Model m_reference;  // what they are measured against
  Background m_surfaces;
  Background m_background;  // last: their threads may still post to the above
};

}  // namespace volpress::studio
