#include "app/studio/compare_analysis.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "app/engine/shape_alignment.hpp"
#include "app/engine/splat_errors.hpp"
#include "app/engine/view_sets.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kDistancesKept = 32;
constexpr std::size_t kErrorViews = 16;  // of all views, evenly picked: a map needs no more

struct Reference {
  std::unique_ptr<renderer::Rasterizer> rasterizer;
  std::optional<engine::ReferencePictures> pictures;
};

/// The views on which jobs are measured too; at most `limit` of them.
Result<Reference> makeReference(const Entry& source, const std::string& views, std::size_t limit,
                                TaskContext& context) {
  Reference reference;
  reference.rasterizer = renderer::makeSoftwareRasterizer(context.runner);
  engine::ViewOptions options;
  VOLPRESS_TRY(options.placement, edit::placementOf(source.edits));
  VOLPRESS_TRY(ViewSet all, engine::makeViewSet(views, *source.cloud, source.path,
                                                *reference.rasterizer, options));
  ViewSet chosen;
  chosen.origin = all.origin;
  const std::size_t step = (all.views.size() + limit - 1) / limit;
  for (std::size_t i = 0; i < all.views.size(); i += step) {
    chosen.views.push_back(std::move(all.views[i]));
  }
  VOLPRESS_TRY(reference.pictures, engine::ReferencePictures::make(
                                       *reference.rasterizer, source.cloud, std::move(chosen)));
  return reference;
}

Result<std::vector<float>> findErrors(const Entry& source,
                                      const std::shared_ptr<const GaussianCloud>& cloud,
                                      const std::string& views, TaskContext& context) {
  VOLPRESS_TRY(Reference reference, makeReference(source, views, kErrorViews, context));
  engine::MeasureContext measure{context.runner, context.progress, context.stop};
  return engine::splatErrors(*reference.pictures, cloud, measure);
}

Result<engine::Attribution> attribute(const Entry& source,
                                      const std::shared_ptr<const GaussianCloud>& cloud,
                                      const std::string& views, TaskContext& context) {
  VOLPRESS_TRY(Reference reference,
               makeReference(source, views, std::numeric_limits<std::uint32_t>::max(), context));
  engine::MeasureContext measure{context.runner, context.progress, context.stop};
  return engine::attributeError(*reference.pictures, source.cloud, cloud, measure);
}

Result<std::shared_ptr<const GaussianCloud>> swapOne(
    const Entry& source, const std::shared_ptr<const GaussianCloud>& cloud,
    engine::SplatAttribute attribute, TaskContext& context) {
  VOLPRESS_TRY(const engine::SplatMatch match,
               engine::matchSplats(*source.cloud, *cloud, context.runner, context.stop));
  const GaussianCloud aligned = engine::alignShapes(*source.cloud, *cloud, match, context.runner);
  return std::make_shared<const GaussianCloud>(engine::mixClouds(
      *source.cloud, aligned, match, engine::kAllAttributes & ~engine::attributeBit(attribute)));
}

}  // namespace

CompareAnalysis::CompareAnalysis(QObject* parent)
    : QObject(parent), m_surfaces(this), m_background(this) {}
CompareAnalysis::~CompareAnalysis() = default;

const CompareAnalysis::Answers* CompareAnalysis::find(const Entry& variant) const {
  const auto at = m_answers.find(variant.cloud.get());
  return at != m_answers.end() && at->second.cloud.lock() == variant.cloud ? &at->second : nullptr;
}

CompareAnalysis::Answers& CompareAnalysis::answersFor(
    const std::shared_ptr<const GaussianCloud>& cloud, const Entry& source) {
  std::erase_if(m_answers, [](const auto& item) { return item.second.cloud.expired(); });
  Answers& answers = m_answers[cloud.get()];
  if (answers.reference.lock() != source.cloud) {
    answers = {};
  }
  answers.cloud = cloud;
  answers.source = source.id;
  answers.reference = source.cloud;
  return answers;
}

void CompareAnalysis::keepOnly(const Entry& source) {
  std::erase_if(m_answers, [&source](const auto& item) {
    return item.second.source == source.id && item.second.reference.lock() != source.cloud;
  });
}

void CompareAnalysis::useViews(const std::string& views) {
  if (m_views == views) {
    return;
  }
  m_views = views;
  m_answers.clear();
  cancelAll();
}

CompareAnalysis::Errors CompareAnalysis::errorsOf(const Entry& variant) const {
  const Answers* answers = find(variant);
  return answers == nullptr ? nullptr : answers->errors;
}

const engine::Attribution* CompareAnalysis::attributionOf(const Entry& variant) const {
  const Answers* answers = find(variant);
  return answers == nullptr || !answers->attribution ? nullptr : &*answers->attribution;
}

void CompareAnalysis::told(const std::string& what, const Error& error) {
  if (error.code != ErrorCode::Cancelled) {
    emit failed(QString::fromStdString(fmt::format("{}. {}", what, error.message)));
  }
  emit answered();
}

void CompareAnalysis::wantErrors(const Entry& source, const Entry& variant) {
  if (errorsOf(variant) != nullptr || source.cloud == nullptr || variant.cloud == nullptr ||
      !m_asked.insert({variant.cloud.get(), Question::Errors}).second) {
    return;
  }
  m_background.run(
      "Finding errors of " + variant.name,
      [source, cloud = variant.cloud, views = m_views](TaskContext& context) {
        return findErrors(source, cloud, views, context);
      },
      [this, source, cloud = variant.cloud,
       name = variant.name](Result<std::vector<float>> errors) {
        m_asked.erase({cloud.get(), Question::Errors});
        if (!errors) {
          told("The errors of " + name + " could not be found", errors.error());
          return;
        }
        answersFor(cloud, source).errors =
            std::make_shared<const std::vector<float>>(std::move(*errors));
        emit answered();
      });
}

CompareAnalysis::Errors CompareAnalysis::distancesOf(const Model& test,
                                                     const Model& reference) const {
  const auto known =
      std::find_if(m_distances.begin(), m_distances.end(), [&](const Distances& one) {
        return one.test.lock() == test && one.reference.lock() == reference;
      });
  return known != m_distances.end() ? known->errors : nullptr;
}

bool CompareAnalysis::isMeasuring(const Model& test) const {
  return m_measuring.contains(test.get());
}

void CompareAnalysis::wantDistances(const Model& test, const Model& reference,
                                    const std::string& name) {
  if (m_reference != reference) {
    m_surfaces.cancelAll();
    m_measuring.clear();
    m_reference = reference;
  }
  const bool isKnown =
      std::any_of(m_distances.begin(), m_distances.end(), [&](const Distances& one) {
        return one.test.lock() == test && one.reference.lock() == reference;
      });
  if (isKnown || !m_measuring.insert(test.get()).second) {
    return;
  }
  m_surfaces.run(
      "Measuring the surface of " + name,
      [test, reference](TaskContext& context) {
        return test->distancesTo(*reference, context.runner, context.stop);
      },
      [this, test, reference, name](Result<std::vector<float>> distances) {
        if (!distances && distances.error().code == ErrorCode::Cancelled) {
          return;  // given up for another reference
        }
        m_measuring.erase(test.get());
        m_distances.push_front(
            {test, reference,
             distances ? std::make_shared<const std::vector<float>>(std::move(*distances))
                       : nullptr});
        if (m_distances.size() > kDistancesKept) {
          m_distances.pop_back();
        }
        if (!distances) {
          told("The surface of " + name + " could not be measured", distances.error());
          return;
        }
        emit answered();
      });
}

void CompareAnalysis::wantAttribution(const Entry& source, const Entry& variant) {
  if (attributionOf(variant) != nullptr || source.cloud == nullptr || variant.cloud == nullptr ||
      !m_asked.insert({variant.cloud.get(), Question::Attribution}).second) {
    return;
  }
  m_background.run(
      "Attributing the error of " + variant.name,
      [source, cloud = variant.cloud, views = m_views](TaskContext& context) {
        return attribute(source, cloud, views, context);
      },
      [this, source, cloud = variant.cloud,
       name = variant.name](Result<engine::Attribution> attribution) {
        m_asked.erase({cloud.get(), Question::Attribution});
        if (!attribution) {
          told("The error of " + name + " could not be attributed", attribution.error());
          return;
        }
        answersFor(cloud, source).attribution = std::move(*attribution);
        emit answered();
      });
}

void CompareAnalysis::wantSwap(const Entry& source, const Entry& variant,
                               engine::SplatAttribute attribute) {
  if (source.cloud == nullptr || variant.cloud == nullptr) {
    return;
  }
  m_background.run(
      "Swapping " + std::string(engine::splatAttributeName(attribute)),
      [source, cloud = variant.cloud, attribute](TaskContext& context) {
        return swapOne(source, cloud, attribute, context);
      },
      [this, id = variant.id, attribute](Result<std::shared_ptr<const GaussianCloud>> cloud) {
        if (!cloud) {
          told("The attribute could not be swapped", cloud.error());
          return;
        }
        emit swapped(id, attribute, std::move(*cloud));
      });
}

std::optional<Background::Activity> CompareAnalysis::activity() const {
  return m_background.activity();
}

bool CompareAnalysis::isAsked(const Entry& variant, Question question) const {
  return m_asked.contains({variant.cloud.get(), question});
}

void CompareAnalysis::cancelAll() {
  // Tasks that had not begun never answer.
  m_asked.clear();
  m_background.cancelAll();
  emit answered();
}

}  // namespace volpress::studio
