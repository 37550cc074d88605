# Debian packages by purpose, sourced by the scripts beside this file. Debian 12 or newer.

packages_build=(
  ca-certificates cmake g++ ninja-build pkg-config
  libavcodec-dev libavformat-dev libavutil-dev libswresample-dev libswscale-dev
  libassimp-dev libavif-dev libboost-dev libcli11-dev libdeflate-dev libdraco-dev libeigen3-dev libexif-dev libexpected-dev libfmt-dev libhwy-dev libjxl-dev libmeshoptimizer-dev libnanoflann-dev libopenblas-dev libpng-dev
  libtbb-dev libturbojpeg0-dev libwebp-dev libxxhash-dev libzip-dev libzstd-dev nlohmann-json3-dev zlib1g-dev
  glslc spirv-tools libvulkan-dev libimgui-dev libstb-dev mesa-vulkan-drivers
  emscripten esbuild
  qt6-base-dev libqt6svg6-dev libgl-dev libegl-dev libxkbcommon-dev
)
packages_test=(
  libgtest-dev libgmock-dev clang-format xvfb xauth imagemagick
  vulkan-validationlayers fonts-dejavu-core mandoc zsh fish
  chromium lld nodejs node-typescript
)
packages_package=(appstream qt6-l10n-tools desktop-file-utils dpkg-dev file librsvg2-bin lintian)
packages_lint=(clang-format clang-tidy)
packages_bench=(libbenchmark-dev)
packages_fuzz=(clang libclang-rt-14-dev)

# install_packages PACKAGE...: installs the missing ones, with sudo where not root. With
# VOLPRESS_SKIP_INSTALL=1 (the --no-install option) it only says what is missing.
install_packages() {
  local missing=() package
  for package in "$@"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
      missing+=("$package")
    fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    return 0
  fi
  if [ "${VOLPRESS_SKIP_INSTALL:-0}" = 1 ]; then
    echo "volpress: not installing (--no-install); missing: ${missing[*]}" >&2
    return 0
  fi
  if ! command -v apt-get >/dev/null; then
    echo "volpress: this system has no apt-get; install what stands for: ${missing[*]}" >&2
    return 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "volpress: as root, run: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "volpress: installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >&2
}
