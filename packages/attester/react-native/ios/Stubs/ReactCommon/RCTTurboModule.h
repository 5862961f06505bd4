#pragma once
#import <Foundation/Foundation.h>
#include <functional>
#define JSI_EXPORT
namespace facebook::react {
using EventEmitterCallback = std::function<void(const char *, id)>;
class TurboModule {
 public:
  virtual ~TurboModule() = default;
};
class ObjCTurboModule : public TurboModule {
 public:
  struct InitParams {};
  ObjCTurboModule(const InitParams &) {}
};
} // namespace facebook::react
@interface EventEmitterCallbackWrapper : NSObject
@end
@protocol RCTTurboModule
- (std::shared_ptr<facebook::react::TurboModule>)getTurboModule:
    (const facebook::react::ObjCTurboModule::InitParams &)params;
@end
