# `cpack` makes a Debian package of everything installed: host, plugins, SDK, experiments.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sla-host)
set(CPACK_PACKAGE_CONTACT "the authors of sla_host")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Training with self-supervised label augmentation, by plugins")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# The program depends on the libraries that dpkg-shlibdeps finds; building plugins needs a compiler and
# the headers of the same LibTorch. An official LibTorch is not a package: the user provides it.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "cmake (>= 3.22), g++, libssl-dev, libtorch-dev, make")
include(CPack)
