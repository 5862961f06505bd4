#import <RNAssaySpec/RNAssaySpec.h>

NS_ASSUME_NONNULL_BEGIN

/// The TurboModule: hands texts to `AssayBridge` and back, and decides nothing.
@interface RCTAssay : NativeAssaySpecBase <NativeAssaySpec>
@end

NS_ASSUME_NONNULL_END
