#import "RCTAssay.h"
#import <React/RCTBundleManager.h>

#if __has_include(<AssayReactNative/AssayReactNative-Swift.h>)
#import <AssayReactNative/AssayReactNative-Swift.h>
#else
#import "AssayReactNative-Swift.h"
#endif

@implementation RCTAssay {
  RCTAssayBridge *_bridge;
}

/// Set by React Native, which knows what it has loaded.
@synthesize bundleManager = _bundleManager;

+ (NSString *)moduleName
{
  return @"Assay";
}

- (instancetype)init
{
  if (self = [super init]) {
    __weak RCTAssay *weakSelf = self;
    _bridge = [[RCTAssayBridge alloc] initWithTell:^(NSString *event) {
      RCTAssay *strongSelf = weakSelf;
      // Before JavaScript listens there is nobody to tell.
      if (strongSelf && strongSelf->_eventEmitterCallback) [strongSelf emitOnEvent:event];
    }];
  }
  return self;
}

- (void)invalidate
{
  [_bridge invalidate];
}

- (void)create:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"create" request:request resolve:resolve];
}

- (void)getToken:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"getToken" request:request resolve:resolve];
}

- (void)proof:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"proof" request:request resolve:resolve];
}

- (void)fetch:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"fetch" request:request resolve:resolve];
}

- (void)setReference:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"setReference" request:request resolve:resolve];
}

- (void)reset:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"reset" request:request resolve:resolve];
}

- (void)debugLog:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject
{
  [self ask:@"debugLog" request:request resolve:resolve];
}

- (void)learn:(NSString *)request
{
  [_bridge tell:@"learn" :request];
}

- (void)wake:(NSString *)request
{
  [_bridge tell:@"wake" :request];
}

- (void)close:(NSString *)request
{
  [_bridge tell:@"close" :request];
}

/// The bridge answers whatever is thrown.
- (void)ask:(NSString *)method request:(NSString *)request resolve:(RCTPromiseResolveBlock)resolve
{
  [_bridge ask:method :request source:self.bundleManager.bundleURL answer:^(NSString *answer) {
    resolve(answer);
  }];
}

- (std::shared_ptr<facebook::react::TurboModule>)getTurboModule:
    (const facebook::react::ObjCTurboModule::InitParams &)params
{
  return std::make_shared<facebook::react::NativeAssaySpecJSI>(params);
}

@end
