#pragma once
#import <Foundation/Foundation.h>
typedef void (^RCTPromiseResolveBlock)(id result);
typedef void (^RCTPromiseRejectBlock)(NSString *code, NSString *message, NSError *error);
@class RCTBundleManager;
@protocol RCTBridgeModule
+ (NSString *)moduleName;
@optional
@property (nonatomic, weak, readwrite) RCTBundleManager *bundleManager;
@end
