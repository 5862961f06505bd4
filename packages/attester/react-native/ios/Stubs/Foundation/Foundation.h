// What the bridge's Objective-C++ uses of Apple's and React Native's headers, for a compiler on Linux to check it against codegen's own
// header. Nothing of it is linked or run.
#pragma once
#include <memory>
#define NS_ASSUME_NONNULL_BEGIN _Pragma("clang assume_nonnull begin")
#define NS_ASSUME_NONNULL_END _Pragma("clang assume_nonnull end")
typedef signed char BOOL;
__attribute__((objc_root_class)) @interface NSObject
+ (instancetype)alloc;
- (instancetype)init;
@end
@interface NSString : NSObject
@end
@interface NSError : NSObject
@end
@interface NSURL : NSObject
@end
