// OpenSSL's libcrypto, for the stand-ins of Apple's modules on Linux. Nothing of it is part of the SDK.
// Signing goes by functions that OpenSSL 3 calls deprecated and that fit CryptoKit's raw forms.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
