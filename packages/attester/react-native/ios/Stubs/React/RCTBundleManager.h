#pragma once
#import <Foundation/Foundation.h>
@interface RCTBundleManager : NSObject
@property (nonatomic, strong) NSURL *bundleURL;
@end
